import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { REPLAYED } from '#lib/events/replayed.ts';
import { denialsOf } from '#tests/support/denials.ts';
import { aPost, eventOf } from '#tests/support/events.ts';
import { until } from '#tests/support/until.ts';
import { collect, type Filter } from '../../ops/redrive/failures/collect.ts';
import { readQueues } from '../../ops/redrive/failures/dead-letter-queues.ts';
import { rereadFromStream } from '../../ops/redrive/failures/reread.ts';
import { listLines } from '../../ops/redrive/list.ts';
import { filterOf } from '../../ops/redrive/options.ts';
import { paceOf } from '../../ops/redrive/pace.ts';
import { send } from '../../ops/redrive/sending/send.ts';
import { showFailure } from '../../ops/redrive/show.ts';
import { countFor, replayTo } from '../../ops/replay/replay.ts';
import { tableEvents } from '../../ops/replay/table-events.ts';
import { search } from '../../scripts/demo/client.ts';
import { readJournal } from '../../scripts/demo/journal.ts';
import { launchService, type Service } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await launchService();
}, 180_000);
afterAll(() => service.stop());

const MAPPING = 'BroadcasterEventSourceMappingDynamodbPostsTable';
const WITHIN = 10_000;

const list = async (filter: Filter = {}) => collect(service.target, filter);
const sendBack = async (filter: Filter, execute = true) => {
  const lines: string[] = [];
  const outcome = await send(service.target, await list(filter), {
    execute,
    perSecond: 500,
    tell: (line) => lines.push(line),
  });
  return { ...outcome, said: lines.join('\n') };
};
const listed = async (filter: Filter = {}) => listLines(await list(filter)).join('\n');

const brokenTopic = () =>
  service.command(
    'POST',
    '/functions/BroadcasterLambdaFunction/environment',
    `POST_EVENTS_TOPIC_ARN=${encodeURIComponent('arn:aws:sns:us-east-1:000000000000:nowhere')}`,
  );
const mended = () => service.command('DELETE', '/functions/BroadcasterLambdaFunction/environment');

const Status = z.object({
  mappings: z.array(
    z.object({
      kind: z.string(),
      eventSourceArn: z.string(),
      shards: z.array(z.object({ shardId: z.string(), checkpoint: z.string() })).optional(),
    }),
  ),
});

/** Where a published post stands in the stream. */
const rangeOf = async (postId: string) => {
  const { target } = service;
  const { mappings } = Status.parse(await service.command('GET', '/status'));
  const { eventSourceArn: streamArn = '', shards = [] } =
    mappings.find(({ kind }) => kind === 'stream') ?? {};
  const { shardId = '', checkpoint: last = '' } = shards[0] ?? {};
  const whole = { streamArn, shardId, approximateArrivalOfFirstRecord: '' };
  const records = await rereadFromStream(target.clients.streams, {
    ...whole,
    startSequenceNumber: '1',
    endSequenceNumber: last,
  });
  const record = records.find(
    ({ dynamodb }) => dynamodb.Keys.postId && JSON.stringify(dynamodb.Keys).includes(postId),
  );
  if (!record) throw new Error(`the stream has no record of ${postId}`);
  return { ...whole, record, sequenceNumber: record.dynamodb.SequenceNumber };
};

const published = async (content: string) => {
  const ada = await service.user('ada');
  const post = await ada.create({ content, type: 'text', status: 'published' });
  await service.stack.untilQuiet(WITHIN);
  return { ...post, ...(await rangeOf(post.postId)) };
};
type Published = Awaited<ReturnType<typeof published>>;

let count = 0;
/** Puts what the mapping writes when it gives a batch up. */
const giveUp = async (post: Published, records?: readonly unknown[], more = {}) => {
  count += 1;
  const mappingId = (await service.target.ofType('AWS::Lambda::EventSourceMapping')).get(MAPPING);
  const key = `aws/lambda/${mappingId}/shard/2026/11/20/given-up-${count}`;
  await service.put(key, {
    requestContext: {
      requestId: 'r',
      functionArn: 'f',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 21,
    },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: post.shardId,
      startSequenceNumber: post.sequenceNumber,
      endSequenceNumber: post.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date().toISOString(),
      approximateArrivalOfLastRecord: new Date().toISOString(),
      batchSize: records?.length ?? 1,
      streamArn: post.streamArn,
      ...more,
    },
    ...(records && { payload: JSON.stringify({ Records: records }) }),
  });
  return key;
};

describe('what the stream gave up', () => {
  test('is sent to the broadcaster, and marked only when it was published', async () => {
    const post = await published('a heron in the reeds');
    const key = await giveUp(post, [post.record]);
    expect(await listed({ sources: ['stream'] })).toMatch(
      /1 batch of 1 change, 21 attempts each\n +why +RetryAttemptsExhausted/,
    );

    const dry = await sendBack({ sources: ['stream'] }, false);
    expect(dry.said).toContain('Nothing was sent');
    expect(await service.keys('redriven/')).toEqual([]);

    await brokenTopic();
    const broken = await sendBack({ sources: ['stream'] });
    await mended();
    expect(broken).toMatchObject({ sent: 0, stay: 1, said: expect.stringContaining('stays: from') });
    expect(await service.keys('aws/')).toEqual([key]);
    expect(await listed({ sources: ['stream'] })).toContain('1 of them redriven before');

    const since = Date.now();
    expect(await sendBack({ sources: ['stream'] })).toMatchObject({ sent: 1, stay: 0 });
    await service.stack.untilQuiet(WITHIN);
    expect(await service.arrivedIn('SearchIndexingQueue', since)).toEqual([
      expect.stringContaining(post.postId),
    ]);
    expect(await service.keys('aws/')).toEqual([]);
    expect(await service.keys(`redriven/${key}`)).toHaveLength(1);
    expect((await sendBack({ sources: ['stream'] })).said).toBe('Nothing to send.');
  });

  test('is sent from where an earlier redrive stopped', async () => {
    const post = await published('a kite over the dunes');
    const unpublishable = {
      ...post.record,
      dynamodb: { ...post.record.dynamodb, SequenceNumber: '1', NewImage: {} },
    };
    await giveUp(post, [unpublishable, post.record]);
    await brokenTopic();
    const first = await sendBack({ sources: ['stream'] });
    await mended();
    // The record that can never be published is parked by now, so only the other is left.
    expect(first.said).toContain(`from ${post.sequenceNumber} on`);
    expect(first.stay).toBe(1);
    const parked = await service.keys('parked/');
    const second = await sendBack({ sources: ['stream'] });
    expect(second.said).toContain(`to the broadcaster, from ${post.sequenceNumber} on`);
    expect(second.sent).toBe(1);
    expect((await list({ sources: ['parked'] })).failures).toHaveLength(parked.length);
  });

  test('is read from the stream again where only its place is known', async () => {
    const post = await published('a lantern at dusk');
    await giveUp(post);
    const since = Date.now();
    expect(await sendBack({ sources: ['stream'] })).toMatchObject({ sent: 1, stay: 0 });
    await service.stack.untilQuiet(WITHIN);
    expect(await service.arrivedIn('SearchIndexingQueue', since)).toEqual([
      expect.stringContaining(post.postId),
    ]);
  });

  test('that only has its place and left the stream stays, and says what can still be done', async () => {
    const post = await published('an old bridge');
    const key = await giveUp(post, undefined, {
      startSequenceNumber: '900000',
      endSequenceNumber: '900001',
      approximateArrivalOfFirstRecord: '2026-11-18T10:00:00Z',
    });
    const { said, stay } = await sendBack({ sources: ['stream'] });
    expect(stay).toBe(1);
    expect(said).toMatch(
      /not in the stream any more .* left it about 2026-11-19T10:00:00.000Z.* npm run replay/,
    );
    expect(await service.keys('aws/')).toEqual([key]);
  });
});

describe('what the broadcaster parked', () => {
  test('stays with its first facts while it cannot be published', async () => {
    const key = 'parked/2026/11/20/broken.json';
    const record = {
      eventID: 'broken',
      dynamodb: { ApproximateCreationDateTime: Date.parse('2026-11-20') / 1_000 },
    };
    await service.put(key, { reason: 'the first reason', parkedAt: '2026-11-20T01:00:00.000Z', record });
    const [failure] = (await list({ sources: ['parked'], reason: 'FIRST reason' })).failures;
    const { stay, said } = await sendBack({ ids: [failure?.id ?? ''] });
    expect({ stay, said }).toEqual({
      stay: 1,
      said: expect.stringContaining('it still cannot be published'),
    });
    const again = (await list({ ids: [failure?.id ?? ''] })).failures[0];
    expect(again).toMatchObject({
      since: '2026-11-20T01:00:00.000Z',
      history: { first: { reason: 'the first reason' } },
    });
    expect(await service.keys(key)).toHaveLength(1);
  });

  test('is published once somebody made that possible', async () => {
    const post = await published('a ferry in the mist');
    const key = 'parked/2026/11/20/mended.json';
    await service.put(key, {
      reason: 'was too new',
      parkedAt: new Date().toISOString(),
      record: post.record,
    });
    const since = Date.now();
    expect(await sendBack({ reason: 'too new' })).toMatchObject({ sent: 1, stay: 0 });
    await service.stack.untilQuiet(WITHIN);
    expect(await service.arrivedIn('SearchIndexingQueue', since)).toHaveLength(1);
    expect(await service.keys(`redriven/${key}`)).toHaveLength(1);
  });
});

describe('an object that cannot be read', () => {
  const keys = ['parked/2026/11/20/cut-short.json', 'aws/lambda/mapping/shard/2026/11/20/other'];

  test('is told with its reason and stays, and hides no other', async () => {
    for (const [index, key] of keys.entries()) await service.put(key, index === 0 ? '{"reason":' : {});
    await service.put('parked/2026/11/20/whole.json', {
      reason: 'another reason',
      parkedAt: '2026-11-20T01:00:00.000Z',
      record: {},
    });
    const { failures } = await list({ sources: ['stream', 'parked'] });
    expect(failures.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^unreadable: .*JSON/),
        expect.stringMatching(/^unreadable: .*\n.*at requestContext/),
        'another reason',
      ]),
    );
    const { sent, said } = await sendBack({ reason: 'unreadable: ' });
    expect({ sent, said }).toEqual({ sent: 0, said: expect.stringContaining('Sent 0 of 2') });
    const [failure] = (await list({ reason: 'unreadable: ' })).failures;
    expect(failure && (await showFailure(service.target, service.bucket, failure))).toContain(failure?.id);
  });

  test('of the history hides no failure', async () => {
    const key = 'parked/2026/11/20/whole.json';
    const [failure] = (await list({ reason: 'another reason' })).failures;
    await service.put(`redriven/history/${failure?.id}.json`, 'no history');
    expect(await listed({ ids: [failure?.id ?? ''] })).toContain(
      'another reason (its history cannot be read',
    );
    expect(await service.keys(key)).toHaveLength(1);
  });
});

const sendTo = (queue: string, body: string, attributes: Record<string, string> = {}) =>
  service.target.clients.sqs.send(
    new SendMessageCommand({
      QueueUrl: service.stack.refOf(queue),
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    }),
  );
const untilDead = (queue: string, messages: number) =>
  until(`${queue} holds ${messages}`, WITHIN, async () => {
    const { deadLetterQueues } = await readQueues(service.target);
    return deadLetterQueues.find(({ id }) => id === queue)?.visible === messages;
  });

describe('what a subscriber gave up', () => {
  const DEAD = 'SearchIndexingDeadLetterQueue';

  test('is listed with its reason, sent by id, and keeps its first facts when it fails again', async () => {
    await sendTo('SearchIndexingQueue', 'no JSON');
    await sendTo('SearchIndexingQueue', '{"schemaVersion":99}');
    await untilDead(DEAD, 2);
    const { failures } = await list({ places: [DEAD] });
    expect(failures.map(({ reason }) => reason).toSorted()).toEqual([
      expect.stringContaining('schemaVersion'),
      expect.stringMatching(/^UnreadableMessage: .*is not JSON$/),
    ]);
    expect(failures.map(({ attempts }) => attempts)).toEqual([5, 5]);

    const one = failures.find(({ reason }) => reason.includes('not JSON'));
    const { said, sent } = await sendBack({ ids: [one?.id ?? ''] });
    expect(said).toContain(`1 of ${DEAD} to SearchIndexingQueue, one by one`);
    expect(sent).toBe(1);
    await untilDead(DEAD, 2);
    const again = (await list({ ids: [one?.id ?? ''] })).failures[0];
    expect(again).toMatchObject({
      since: one?.since,
      history: {
        first: { attempts: 5, place: DEAD },
        redrives: [{ outcome: 'sent to SearchIndexingQueue' }],
      },
    });
    const shown = again && (await showFailure(service.target, service.bucket, again));
    expect(JSON.parse(shown ?? '')).toMatchObject({ id: one?.id, Body: 'no JSON', history: {} });
  });

  test('can be chosen by place, time and reason', async () => {
    const chosen = async (options: Record<string, unknown>) =>
      (await list(filterOf(options))).failures.length;
    expect(await chosen({ queue: [DEAD], since: '1h' })).toBe(2);
    expect(await chosen({ queue: [DEAD], until: '1h' })).toBe(0);
    expect(await chosen({ queue: [DEAD], reason: 'schemaversion' })).toBe(1);
    expect(await chosen({ queue: ['PushNotificationsDeadLetterQueue'] })).toBe(0);
    expect(() => filterOf({ source: ['quue'] })).toThrow('--source must be one of stream, parked');
    expect(() => filterOf({ since: 'yesterday' })).toThrow('"yesterday" is not a time');
    expect(() => filterOf({ since: '1h', until: '2h' })).toThrow('--since must be before --until');
    await expect(list({ places: ['SearchIndexQueue'] })).rejects.toThrow('unknown place SearchIndexQueue');
  });

  test('is sent once, although what is unreadable is given up again meanwhile', async () => {
    const bodies = ['no JSON', '{"schemaVersion":99}'];
    const readable = eventOf({ eventType: 'INSERT', after: aPost({ content: 'A plover runs' }) });
    await sendTo(DEAD, JSON.stringify(readable));
    const lines: string[] = [];
    // Each is given up again long before the next one is sent.
    const { sent, stay } = await send(service.target, await list({ places: [DEAD] }), {
      ...{ execute: true, perSecond: 1 },
      tell: (line) => lines.push(line),
    });
    expect({ sent, stay }).toEqual({ sent: 3, stay: 0 });
    expect(lines).toContainEqual(
      expect.stringMatching(/these break the event contract .*: [0-9a-f]{12} [0-9a-f]{12}$/),
    );
    expect(lines.at(-1)).toBe('Sent 3 of 3.');
    await untilDead(DEAD, bodies.length);
    const { failures } = await list({ places: [DEAD] });
    expect(failures.map(({ history }) => history?.redrives.length).toSorted()).toEqual([1, 2]);
  });
});

test('what SNS could not deliver is told in the words of SNS, and sent by hand without them', async () => {
  const wanted = eventOf({ eventType: 'INSERT', after: aPost({ content: 'A gannet dives' }) });
  const refused = { RequestID: 'r', ErrorCode: 'AccessDenied', ErrorMessage: 'not allowed' };
  await sendTo('SearchIndexingUndeliveredQueue', JSON.stringify(wanted), refused);
  await sendTo('SearchIndexingUndeliveredQueue', 'still no JSON', { ...refused, change: 'edited' });
  expect(await listed({ sources: ['subscription'] })).toMatch(
    /Undelivered by SNS \(SearchIndexingUndeliveredQueue\)\n +2 messages\n +why +AccessDenied: not allowed/,
  );
  expect(await sendBack({ sources: ['subscription'] })).toMatchObject({ sent: 2, stay: 0 });
  await untilDead('SearchIndexingDeadLetterQueue', 3);
  expect(await search(service.stack.running.apiUrl, 'gannet')).toEqual([wanted.postId]);
  const { Messages = [] } = await service.target.clients.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: service.stack.refOf('SearchIndexingDeadLetterQueue'),
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      VisibilityTimeout: 0,
    }),
  );
  const dead = Messages.find(({ Body }) => Body === 'still no JSON');
  expect(Object.keys(dead?.MessageAttributes ?? {})).toEqual(['change']);
});

describe('a replay', () => {
  const eventsSince = async (from: number) =>
    tableEvents(service.target.clients.dynamoDb, service.stack.refOf('PostsTable'), from, Date.now() + 1);

  test('reaches one subscriber, by its own filter policy, and tells nobody twice', async () => {
    const from = Date.now();
    const ada = await service.user('ada');
    const { postId } = await ada.create({
      content: 'a curlew calls 🐦‍⬛ 𝒶',
      type: 'text',
      status: 'published',
    });
    await ada.create({ content: 'an unfinished thought', type: 'text', status: 'draft' });
    await service.stack.untilQuiet(WITHIN);

    const { subscribers } = await readQueues(service.target);
    const counts = await countFor(await eventsSince(from), subscribers);
    expect(counts.get('search-indexing')).toEqual(new Map([['published', 1]]));

    const push = subscribers.find(({ name }) => name === 'push-notifications');
    if (!push) throw new Error('nobody sends notifications');
    const since = Date.now();
    expect(await replayTo(service.target, push, await eventsSince(from), paceOf(500), () => {})).toBe(1);
    await service.stack.untilQuiet(WITHIN);
    expect(await service.arrivedIn('PushNotificationsQueue', since)).toEqual([
      expect.stringContaining(postId),
    ]);
    expect(await service.arrivedIn('SearchIndexingQueue', since)).toEqual([]);
    const told = readJournal(service.stack.state.logs).filter((entry) => entry.postId === postId);
    const byPush = told
      .filter(({ functionName }) => functionName === 'pushNotifications')
      .map(({ message }) => message);
    expect(byPush).toEqual(['notified', 'refused: replayed']);
  });

  test('carries what marks it', async () => {
    const queue = service.stack.refOf('SearchIndexingUndeliveredQueue');
    const subscriber = {
      name: 'x',
      queue: { id: 'x', url: queue, arn: '' },
      filterPolicy: '{"change":["removed"]}',
    };
    const removed = eventOf({ eventType: 'REMOVE', before: aPost() });
    const kept = eventOf({ eventType: 'INSERT', after: aPost() });
    const archived = async function* () {
      for (const event of [removed, kept]) yield { event, attributes: { change: event.change } };
    };
    expect(await replayTo(service.target, subscriber, archived(), paceOf(500), () => {})).toBe(1);
    const { Messages = [] } = await service.target.clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, MessageAttributeNames: ['All'] }),
    );
    expect(Messages.map(({ Body }) => JSON.parse(Body ?? '').postId)).toEqual([removed.postId]);
    expect(Object.keys(Messages[0]?.MessageAttributes ?? {}).toSorted()).toEqual(['change', REPLAYED]);
  });
});

describe('the stack', () => {
  test('takes no commands from a web page', async () => {
    const path = '/functions/SearchIndexingLambdaFunction/environment';
    const answer = await fetch(`${service.stack.running.consoleUrl}${path}`, {
      method: 'POST',
      headers: { origin: 'https://example.com' },
      body: 'SEARCH_TABLE=theirs',
    });
    expect(answer.status).toBe(403);
    await expect(service.command('POST', path, 'LD_PRELOAD=theirs')).rejects.toThrow(
      'has no variable LD_PRELOAD',
    );
    await expect(service.command('POST', '/queues/Nowhere/skip-waits')).rejects.toThrow(
      'the template has no AWS::SQS::Queue Nowhere',
    );
  });

  test.each(['ContentModeration', 'PushNotifications'])(
    'what %s cannot read is given up at once, not after its visibility timeouts',
    async (subscriber) => {
      await sendTo(`${subscriber}Queue`, 'no JSON');
      await untilDead(`${subscriber}DeadLetterQueue`, 1);
    },
  );

  // Functions take what lacks a right for a failure like others, and go on with the next best: nothing else tells.
  test('no function lacked a right but where its configuration was broken', () => {
    expect(denialsOf(service.stack)).toEqual(['broadcaster may not sns:Publish']);
  });

  test('no log holds a secret or what users wrote', async () => {
    // A configuration that does not fit is told at every start of the function.
    const path = '/functions/GetPushKeyLambdaFunction/environment';
    await service.command('POST', path, 'PUSH_SECRET_ARN=');
    expect((await fetch(`${service.stack.running.apiUrl}/push-key`)).status).toBe(500);
    await service.command('DELETE', path);

    const { logs, secrets } = service.stack.state;
    const kept = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(secrets, 'utf8')));
    const everything = () =>
      readdirSync(logs)
        .map((file) => readFileSync(join(logs, file), 'utf8'))
        .join('');
    // A line is written soon after the answer, not before it.
    await until('the failure is logged', WITHIN, async () => everything().includes('PUSH_SECRET_ARN'));
    const forbidden = [...Object.values(kept), 'heron', 'gannet', 'no JSON'];
    expect(Object.values(kept).length).toBeGreaterThan(0);
    for (const word of forbidden) expect(everything()).not.toContain(word);
  });
});
