import { ulid } from 'ulid';
import { httpHandler } from '#lib/http/http-handler.ts';
import { answerOnce } from '#lib/http/idempotency.ts';
import { assertOwn } from '#lib/http/own-user.ts';
import { postWritten } from '#lib/http/post-replies.ts';
import { reserveId } from '#lib/http/reservation.ts';
import { createPostRoute } from '#lib/http/routes/create-post.ts';
import { createDocumentClient, createDynamoDbClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import * as z from '#lib/platform/zod.ts';
import { createPost, newPost } from '#lib/posts/create-post.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';

const SCOPE = 'create-post';

const { POSTS_TABLE, IDEMPOTENCY_TABLE } = readConfig(
  z.object({ POSTS_TABLE: requiredText, IDEMPOTENCY_TABLE: requiredText }),
);
const dynamoDb = createDynamoDbClient();
const documents = createDocumentClient(dynamoDb);
const create = createPost(dynamoDbPostRepository(documents, POSTS_TABLE));
const once = answerOnce(dynamoDb, IDEMPOTENCY_TABLE, SCOPE);
const reserve = reserveId(documents, IDEMPOTENCY_TABLE, SCOPE);

/** POST /posts */
export const handler = httpHandler(
  createPostRoute,
  { log: createLogger() },
  async ({ body, userId, headers, correlationId, lambda }) => {
    assertOwn(body.userId, userId);
    const { content, type, status } = body;
    const answer = async (postId: string) => {
      const post = newPost({ postId, userId, content, type, status }, new Date());
      return postWritten(201, await create(post, correlationId));
    };

    const key = headers['idempotency-key'];
    if (key === undefined) return answer(ulid());
    const request = { userId, key, payload: { content, type, status } };
    return once(request, lambda, async () => answer(await reserve(request, ulid())));
  },
);
