import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '#lib/broadcast/pack.ts';
import { readStreamRecord } from '#lib/broadcast/stream-record.ts';
import { serviceDirectory } from '../scripts/service-copy.ts';
import { bareBundles, serviceBundle } from './support/bundles.ts';
import { type FunctionProcess, startFunction } from './support/function-process.ts';
import { type Row, runAlone } from './support/row.ts';
import { alternately, median } from './support/statistics.ts';
import { streamEvent } from './support/stream-event.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
/** Rounds in which the compiler still finds something to do. */
const WARM_UP = 6;
const MOST = 2;
const LEAST_EVENTS_A_SECOND = 20_000;
const BATCH = 100;
const TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:post-events';
/** Nobody is there: requests are answered inside the process. */
const NOWHERE = 'http://127.0.0.1:9';

/** The SDK calls that each handler makes, and nothing else. */
const BARE = {
  broadcaster: `
    import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
    const client = new SNSClient({});
    export const handler = (inputs) => Promise.all(inputs.map((input) => client.send(new PublishBatchCommand(input))));`,
  getPost: `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    export const handler = (input) => client.send(new GetCommand(input));`,
  createPost: `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    export const handler = (input) => client.send(new PutCommand(input));`,
};

const sampleEvent = (file: string): unknown =>
  JSON.parse(readFileSync(join(serviceDirectory, 'events', file), 'utf8'));

/** The calls of PublishBatch that a stream batch becomes, ready to be sent. */
const publishBatches = (event: ReturnType<typeof streamEvent>): object[] => {
  const entries = event.Records.map((record, position) => {
    const read = readStreamRecord(record);
    if (!read.readable) throw new Error(read.reason);
    const { id, body, attributes } = messageOf(read.event, position);
    const named = Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]);
    return { Id: id, Message: body, MessageAttributes: Object.fromEntries(named) };
  });
  return Array.from({ length: entries.length / 10 }, (_, call) => ({
    TopicArn: TOPIC_ARN,
    PublishBatchRequestEntries: entries.slice(call * 10, call * 10 + 10),
  }));
};

const POST = {
  postId: '01JD4ZQ0000000000000000001',
  userId: 'ada',
  content: 'Lantern light over the harbour',
  type: 'text',
  status: 'draft',
  timestamp: '2026-11-20T09:00:00.000Z',
  updatedAt: '2026-11-20T09:00:00.000Z',
  version: 1,
  correlationId: 'bench',
};

/** What is compared: the events of one invocation, and how often it is invoked in a round. */
const CASES = [
  {
    name: 'broadcaster',
    what: `a stream batch of ${BATCH}`,
    times: 100,
    events: BATCH,
    event: streamEvent(BATCH),
    input: publishBatches(streamEvent(BATCH)),
  },
  {
    name: 'getPost',
    what: 'a request',
    times: 1_000,
    events: 1,
    event: sampleEvent('get-post.json'),
    input: { TableName: 'posts', Key: { postId: POST.postId } },
  },
  {
    name: 'createPost',
    what: 'a request',
    times: 1_000,
    events: 1,
    event: sampleEvent('create-post.json'),
    input: { TableName: 'posts', Item: POST, ConditionExpression: 'attribute_not_exists(postId)' },
  },
] as const;

/** Microseconds of CPU that an event takes, after warming up; of the whole process, its collector and compiler too. */
const microsecondsOf = async (process: FunctionProcess, event: unknown, times: number, events: number) =>
  ((await process.invoke(event, times)).cpuMilliseconds * 1_000) / times / events;

/**
 * CPU of the packaged functions for an event, warm, against their SDK calls alone. HTTP is answered inside the process
 * at `http.request`, so that all that handlers and SDK do is counted, and neither sockets nor whoever is behind them.
 */
export const cpu = async (): Promise<Row[]> => {
  const bare = await bareBundles(BARE);
  const started: FunctionProcess[] = [];
  const start = async (file: string, environment: Record<string, string>) => {
    const variables = {
      ...environment,
      POST_EVENTS_TOPIC_ARN: TOPIC_ARN,
      AWS_ENDPOINT_URL_SNS: NOWHERE,
      AWS_ENDPOINT_URL_DYNAMODB: NOWHERE,
    };
    const process = await startFunction(file, variables, { stubbed: true });
    started.push(process);
    return process;
  };
  try {
    const rows: Row[] = [];
    for (const { name, what, times, events, event, input } of CASES) {
      const { file, environment } = await serviceBundle(name);
      const ours = await start(file, environment);
      const sdk = await start(bare.fileOf(name), environment);
      const figures = await alternately(WARM_UP + ROUNDS, {
        ours: () => microsecondsOf(ours, event, times, events),
        sdk: () => microsecondsOf(sdk, input, times, events),
      });
      const ofOurs = median((figures.get('ours') ?? []).slice(WARM_UP));
      const ofSdk = median((figures.get('sdk') ?? []).slice(WARM_UP));
      rows.push({
        what: `CPU, ${name}, ${what}`,
        against: `the SDK calls alone, ${ofSdk.toFixed(0)} µs an event`,
        measured: `${ofOurs.toFixed(0)} µs an event`,
        ratio: (ofOurs / ofSdk).toFixed(2),
        goal: `≤ ${MOST}`,
        met: ofOurs / ofSdk <= MOST,
      });
      if (name !== 'broadcaster') continue;
      const eventsASecond = 1_000_000 / ofOurs;
      rows.push({
        what: 'broadcaster, events a second and core, without the network',
        against: '-',
        measured: `${Math.round(eventsASecond / 100) * 100} events/s`,
        ratio: '-',
        goal: `≥ ${LEAST_EVENTS_A_SECOND}`,
        met: eventsASecond >= LEAST_EVENTS_A_SECOND,
      });
    }
    return rows;
  } finally {
    await Promise.all(started.map((process) => process.stop()));
    await bare.remove();
  }
};

if (import.meta.main) await runAlone(cpu);
