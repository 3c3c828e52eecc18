import { z } from 'zod';
import { PostEvent } from '#lib/events/post-event.ts';
import { type Engines, startEngines } from '#local/engines/index.ts';
import { eventOf, folderOf, folders, invokeSample, packageService, samples, seededPosts } from './samples.ts';

let engines: Engines;
beforeAll(async () => {
  engines = await startEngines({ region: 'us-east-1', ports: { dynamoDb: 0, messaging: 0 } });
  await packageService();
}, 110_000);
afterAll(() => engines?.stop());

const samplesOf = (...wanted: string[]) => samples.filter((sample) => wanted.includes(folderOf(sample)));

const succeeded = async (sample: string) => {
  const { result, account, effects } = await invokeSample(sample, engines);
  if (result.kind !== 'success') throw new Error(`${sample}: ${JSON.stringify(result)}`);
  return { payload: result.payload, account, effects };
};

test('every function has a sample event, and every sample event a function', () => {
  expect(new Set(samples.map(folderOf))).toEqual(new Set(folders));
});

const PUSH = 'PushNotificationsQueue';
const SEARCH = 'SearchIndexingQueue';
const MODERATION = 'ContentModerationQueue';
const SHIPPED = [PUSH, SEARCH, MODERATION];
/** Subscribers that were added since are told of what they choose. */
const isShipped = (queue: string): boolean => SHIPPED.includes(queue);
/** Who is told of which change. */
const RECEIVERS: Readonly<Record<string, string[]>> = {
  drafted: [],
  published: [PUSH, SEARCH, MODERATION],
  edited: [SEARCH, MODERATION],
  unpublished: [SEARCH],
  flagged: [PUSH, SEARCH],
  reviewed: [],
  removed: [SEARCH],
};

/** Each published message of an account, by its change, with the queues that took it and those that did not. */
const messagesOf = (account: readonly string[]) => {
  const messages: { change: string; received: string[]; filteredOut: string[] }[] = [];
  for (const line of account) {
    const [, change] = /^SNS .* change=(\w+)/.exec(line) ?? [];
    const [, verdict, queue = ''] = /^ +(received|filtered out) +(\w+)$/.exec(line) ?? [];
    if (change) messages.push({ change, received: [], filteredOut: [] });
    else if (verdict === 'received') messages.at(-1)?.received.push(queue);
    else if (verdict) messages.at(-1)?.filteredOut.push(queue);
  }
  return messages;
};

const parkedOf = (account: readonly string[]) =>
  account.filter((line) => /^S3 +FailuresBucket +PUT parked\/\d{4}\/\d\d\/\d\d\/\w+\.json$/.test(line));

const StreamBatch = z.object({ Records: z.array(z.unknown()) });
const PUBLISHED: Readonly<Record<string, string[]>> = {
  'broadcaster-insert': ['published'],
  'broadcaster-modify': ['edited'],
  'broadcaster-remove': ['removed'],
  'broadcaster-ttl-removal': ['removed'],
  'broadcaster-mixed-batch': ['published', 'drafted', 'published', 'flagged', 'reviewed', 'removed'],
  'broadcaster-poison-record': ['published', 'published'],
};

test.each(samplesOf('broadcaster'))(
  'events/%s.json: each record is parked, or published to the queues whose policy selects it',
  async (sample) => {
    const { payload, account } = await succeeded(sample);
    expect(payload).toEqual({ batchItemFailures: [] });
    const messages = messagesOf(account);
    for (const { change, received, filteredOut } of messages) {
      expect({ change, received: received.filter(isShipped).toSorted() }).toEqual({
        change,
        received: RECEIVERS[change]?.toSorted(),
      });
      expect([...received, ...filteredOut].filter(isShipped).toSorted()).toEqual(SHIPPED.toSorted());
    }
    const { Records } = StreamBatch.parse(eventOf(sample));
    expect(messages.length + parkedOf(account).length).toBe(Records.length);
    expect(messages.map(({ change }) => change)).toEqual(
      PUBLISHED[sample] ?? messages.map(({ change }) => change),
    );
  },
);

const QueueBatch = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

const BatchResponse = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) });

/** The events of a batch, and the ids of the messages that hold none. */
const eventsOf = (sample: string) => {
  const events: PostEvent[] = [];
  const unreadable: string[] = [];
  for (const { messageId, body } of QueueBatch.parse(eventOf(sample)).Records) {
    const event = PostEvent.safeParse(body.startsWith('{') ? parsed(body) : body).data;
    if (event) events.push(event);
    else unreadable.push(messageId);
  }
  return { events, unreadable };
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};

/** What a subscriber writes for each event that it can read. */
const WRITE_OF: Readonly<Record<string, (event: PostEvent) => { table: string; key: string }>> = {
  'push-notifications': ({ userId, postId, version }) => ({
    table: 'NotificationsTable',
    key: `userId=${userId} notificationId=${postId}#${version}`,
  }),
  'search-indexing': ({ postId }) => ({ table: 'SearchIndexTable', key: `pk=post#${postId} sk=state` }),
  'content-moderation': ({ postId }) => ({ table: 'PostsTable', key: `postId=${postId}` }),
};

test.each(samplesOf(...Object.keys(WRITE_OF)))(
  'events/%s.json: each readable message has its effect, each other comes again',
  async (sample) => {
    const { payload, effects } = await succeeded(sample);
    const { events, unreadable } = eventsOf(sample);
    const { batchItemFailures } = BatchResponse.parse(payload);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual(
      unreadable.toSorted(),
    );
    expect(sample.endsWith('-unreadable')).toBe(unreadable.length > 0);
    for (const event of events) {
      const { table, key } = WRITE_OF[folderOf(sample)]?.(event) ?? {};
      expect(effects).toContainEqual(
        expect.objectContaining({
          table: expect.stringMatching(new RegExp(`-${table}$`)),
          key: expect.stringMatching(`^${key}( |$)`),
          refused: false,
        }),
      );
    }
  },
);

const HttpEvent = z.object({ requestContext: z.object({ http: z.unknown() }) });
const isForHttp = (sample: string): boolean => HttpEvent.safeParse(eventOf(sample)).success;
const HttpReply = z.object({ statusCode: z.number(), body: z.string().optional() });

/** The routes whose samples keep the promises of their names. One that was added since answers as it likes. */
const SHIPPED_ROUTES = [
  ...['create-post', 'delete-device', 'delete-post', 'get-openapi', 'get-post', 'get-push-key'],
  ...['list-user-posts', 'put-device', 'search-posts', 'update-post'],
];

/** What a sample's name promises. */
const statusOf = (sample: string): number => {
  if (/-(invalid|malformed|malformed-id|unknown-service)$/.test(sample)) return 400;
  if (sample.endsWith('-bad-token')) return 401;
  if (sample.endsWith('-another-user')) return 403;
  // No device is seeded: a sample must not send notifications over the internet.
  if (sample === 'delete-device') return 404;
  if (sample.startsWith('create-')) return 201;
  return sample.startsWith('delete-') ? 204 : 200;
};

test.each(samplesOf(...SHIPPED_ROUTES))(
  'events/%s.json: is answered as its name promises, and writes only if it succeeds',
  async (sample) => {
    const { payload, effects } = await succeeded(sample);
    const { statusCode, body = '' } = HttpReply.parse(payload);
    expect(statusCode).toBe(statusOf(sample));
    if (statusCode >= 400) expect(JSON.parse(body)).toMatchObject({ status: statusCode });
    const written = effects.filter((effect) => effect.kind === 'item' && !effect.refused);
    const isWrite = /^(create|update|delete|put)-/.test(sample);
    expect(written.length > 0).toBe(isWrite && statusCode < 300);
  },
);

test('every other sample for a route is answered', async () => {
  const added = samples.filter((sample) => isForHttp(sample) && !SHIPPED_ROUTES.includes(folderOf(sample)));
  for (const sample of added) {
    const { payload } = await succeeded(sample);
    expect({ sample, isAnswered: HttpReply.parse(payload).statusCode < 500 }).toEqual({
      sample,
      isAnswered: true,
    });
  }
});

test('events/get-post.json reads a seeded post', async () => {
  const { payload } = await succeeded('get-post');
  expect(JSON.parse(HttpReply.parse(payload).body ?? '')).toMatchObject({
    postId: '01KAHQXMP00000000000000001',
    userId: 'ada',
    status: 'published',
  });
});

test('events/rebuild-search.json indexes every seeded post', async () => {
  const { payload } = await succeeded('rebuild-search');
  expect(payload).toEqual({ written: seededPosts().length, removed: 0 });
});
