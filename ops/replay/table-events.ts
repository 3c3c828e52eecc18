import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import type { Change } from '#lib/events/change.ts';
import { attributesOf, PostEvent } from '#lib/events/post-event.ts';
import { Post } from '#lib/posts/post.ts';
import type { ReplayableEvent } from './replayable-event.ts';

const StoredPost = z.object({ ...Post.shape, correlationId: z.string().min(1).optional() });
type StoredPost = z.infer<typeof StoredPost>;

/** What most likely brought the post to where it is: the table knows what is, not how it came. */
const changeOf = ({ status, version, moderation }: StoredPost): Change => {
  // Moderation writes its decision as the next version: after any other the author has edited, and is to be reviewed.
  if (status === 'flagged') return moderation?.reviewedVersion === version - 1 ? 'flagged' : 'edited';
  if (status === 'published') return 'published';
  return version === 1 ? 'drafted' : 'unpublished';
};

const eventOf = (post: StoredPost): PostEvent => {
  // The same every time, so that consumers recognise the event by its id.
  const eventId = `replay-${post.postId}-${post.version}`;
  return PostEvent.parse({
    schemaVersion: 1,
    eventId,
    eventType: post.version === 1 ? 'INSERT' : 'MODIFY',
    change: changeOf(post),
    postId: post.postId,
    userId: post.userId,
    contentType: post.type,
    status: post.status,
    timestamp: post.timestamp,
    content: post.content,
    version: post.version,
    occurredAt: post.updatedAt,
    correlationId: post.correlationId ?? eventId,
  });
};

/** Called with an item that breaks the contract, for which there is no event. */
export type OnBroken = (postId: string, reason: string) => void;

/**
 * Events with the current state of each post that last changed in the time span. Removals are not among them:
 * the table does not know them any more. An item that breaks the contract is left out, whenever it was changed.
 * @param from, to milliseconds of the epoch; `to` exclusive
 */
export async function* tableEvents(
  client: DynamoDBClient,
  TableName: string,
  from: number,
  to: number,
  onBroken: OnBroken = () => {},
): AsyncGenerator<ReplayableEvent> {
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
    for (const item of Items) {
      const read = StoredPost.safeParse(unmarshall(item));
      if (!read.success) {
        onBroken(item.postId?.S ?? 'without a postId', z.prettifyError(read.error));
        continue;
      }
      const post = read.data;
      const changed = Date.parse(post.updatedAt);
      if (changed < from || changed >= to) continue;
      const event = eventOf(post);
      yield { event, attributes: { ...attributesOf(event) } };
    }
  }
}
