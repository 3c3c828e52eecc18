import { createHash, randomUUID } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ulid } from 'ulid';
import { attributesOf, type PostEvent, postEventOf } from '../../../lib/events/post-event.ts';
import type { Post, PostStatus } from '../../../lib/posts/post.ts';

const VOCABULARY = (
  'harbour sunrise compiler umbrella lantern tide meadow violin granite orchard walking slowly through morning ' +
  'light while everybody else was still asleep coffee bridge winter market letters garden silver window running ' +
  'evening neighbours kitchen thunder paper station quiet river mountain travel weekend bread sailing photograph'
).split(' ');

/** Words of the post that everything is measured with. */
export const WORDS_IN_A_POST = 20;

let count = 0;

/** A post like many: 20 words, some 130 characters, published. */
export const samplePost = (status: PostStatus = 'published'): Post => {
  count += 1;
  const words = Array.from(
    { length: WORDS_IN_A_POST },
    (_, index) => VOCABULARY[(count * 7 + index * (1 + (count % 5))) % VOCABULARY.length],
  );
  const timestamp = new Date().toISOString();
  return {
    postId: ulid(),
    userId: `user-${count % 50}`,
    content: words.join(' '),
    type: 'text',
    status,
    timestamp,
    updatedAt: timestamp,
    version: 1,
  };
};

const eventOf = (post: Post): PostEvent =>
  postEventOf(
    { eventType: 'INSERT', after: post },
    {
      eventId: createHash('md5').update(post.postId).digest('hex'),
      occurredAt: post.timestamp,
      correlationId: randomUUID(),
    },
  );

/** A stream batch that tells of new posts, as Lambda delivers it. */
export const streamBatch = (posts: readonly Post[]) => ({
  Records: posts.map((post, index) => ({
    eventID: createHash('md5').update(post.postId).digest('hex'),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: Date.parse(post.timestamp) / 1_000,
      Keys: marshall({ postId: post.postId }),
      NewImage: marshall({ ...post, correlationId: randomUUID() }),
      SequenceNumber: `${100_000_000_000_000_000_000n + BigInt(count * 1_000 + index)}`,
      SizeBytes: 500,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/posts/stream/2026-11-20T06:00:00.000',
  })),
});

/** A queue's batch that tells of new posts, as Lambda delivers it. */
export const queueBatch = (posts: readonly Post[]) => ({
  Records: posts.map((post) => {
    const event = eventOf(post);
    return {
      messageId: randomUUID(),
      receiptHandle: randomUUID(),
      body: JSON.stringify(event),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: `${Date.now()}`,
        SenderId: 'AIDAIT2UOQQY3AUEKVGXU',
        ApproximateFirstReceiveTimestamp: `${Date.now()}`,
      },
      messageAttributes: Object.fromEntries(
        Object.entries(attributesOf(event)).map(([name, stringValue]) => [
          name,
          { stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' },
        ]),
      ),
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
      awsRegion: 'us-east-1',
    };
  }),
});

/** POST /posts, as the HTTP API delivers it. */
export const createPostRequest = ({ content, type, status, userId }: Post) => ({
  version: '2.0',
  routeKey: 'POST /posts',
  rawPath: '/posts',
  rawQueryString: '',
  headers: { 'content-type': 'application/json', host: 'api.example.com' },
  requestContext: {
    accountId: '000000000000',
    apiId: 'api',
    authorizer: { jwt: { claims: { sub: userId, iss: 'https://issuer.example.com' }, scopes: null } },
    domainName: 'api.example.com',
    domainPrefix: 'api',
    http: {
      method: 'POST',
      path: '/posts',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 'measure',
    },
    requestId: randomUUID(),
    routeKey: 'POST /posts',
    stage: '$default',
    time: '20/Nov/2026:09:00:00 +0000',
    timeEpoch: Date.now(),
  },
  body: JSON.stringify({ content, type, status }),
  isBase64Encoded: false,
});
