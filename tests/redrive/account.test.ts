import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { closeServer, listenOnLoopback } from '#local/loopback-server.ts';
import type { DeadLetterQueue } from '../../ops/redrive/failures/dead-letter-queues.ts';
import type { History } from '../../ops/redrive/failures/history.ts';
import type { MessageFailure } from '../../ops/redrive/failures/queue-messages.ts';
import { paceOf } from '../../ops/redrive/pace.ts';
import { moveQueue } from '../../ops/redrive/sending/move-queue.ts';
import { accountTarget } from '../../ops/redrive/target/account-target.ts';

/** What AWS answers, by operation; each answer is used once, the last one again and again. */
type Answers = Record<string, readonly [unknown, ...unknown[]]>;
type Call = { operation: string; input: Record<string, unknown> };

const standIn = async (answers: Answers) => {
  const calls: Call[] = [];
  const used = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const target = String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    const operation = target || (new URLSearchParams(body).get('Action') ?? '');
    const input = target ? z.record(z.string(), z.unknown()).parse(JSON.parse(body)) : {};
    calls.push({ operation, input });
    const given = answers[operation] ?? [{}];
    const index = used.get(operation) ?? 0;
    used.set(operation, index + 1);
    const answer = given[Math.min(index, given.length - 1)];
    const isText = typeof answer === 'string';
    response.writeHead(200, { 'content-type': isText ? 'text/xml' : 'application/x-amz-json-1.0' });
    response.end(isText ? answer : JSON.stringify(answer));
  });
  const port = await listenOnLoopback(server, 0);
  return { calls, url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
};

const QUEUE: DeadLetterQueue = {
  id: 'SearchIndexingDeadLetterQueue',
  url: 'https://sqs.us-east-1.amazonaws.com/1/dead',
  arn: 'arn:aws:sqs:us-east-1:1:dead',
  source: 'queue',
  goesTo: { id: 'SearchIndexingQueue', url: 'https://sqs.us-east-1.amazonaws.com/1/queue', arn: 'a' },
  maxReceiveCount: 5,
  subscriber: 'SearchIndexingLambdaFunction',
  visible: 2,
  hidden: 0,
};
const failure = (id: string): MessageFailure => ({
  id,
  source: 'queue',
  place: QUEUE.id,
  reason: 'TypeError: x is not a function',
  since: '2026-11-20T10:00:00.000Z',
  last: '2026-11-20T11:00:00.000Z',
  attempts: 5,
  records: 1,
  history: undefined,
  isReadable: true,
  message: { Body: id },
});

/** Moves a queue of two messages on an account that answers so. */
const move = async (answers: Answers) => {
  const aws = await standIn(answers);
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const sqs = new SQSClient({
    region: 'us-east-1',
    endpoint: aws.url,
    useQueueUrlAsEndpoint: false,
    credentials,
  });
  const target = accountTarget('stack', 'us-east-1');
  const written = new Map<string, History>();
  const moved: number[] = [];
  const histories = {
    read: async () => undefined,
    known: async () => new Set<string>(),
    write: async (id: string, history: History) => void written.set(id, history),
  };
  const sending = {
    target: { ...target, clients: { ...target.clients, sqs } },
    bucket: 'b',
    histories,
    pace: paceOf(1),
  };
  const failures = [failure('one'), failure('two')];
  let sent: number;
  try {
    sent = await moveQueue(sending, QUEUE, failures, 25, (count) => moved.push(count), 1);
  } finally {
    target.close();
    sqs.destroy();
    await aws.close();
  }
  return { calls: aws.calls, written, moved, sent };
};

const task = (Status: string, ApproximateNumberOfMessagesMoved: number, more = {}) => ({
  Results: [{ Status, ApproximateNumberOfMessagesMoved, ...more }],
});

describe('a dead-letter queue on an account', () => {
  test('is moved by SQS at the rate that was asked for, after its facts are written down', async () => {
    const { calls, written, moved, sent } = await move({
      ListMessageMoveTasks: [{ Results: [] }, task('RUNNING', 1), task('COMPLETED', 2)],
      StartMessageMoveTask: [{ TaskHandle: 'h' }],
    });
    expect(calls.find(({ operation }) => operation === 'StartMessageMoveTask')?.input).toEqual({
      SourceArn: QUEUE.arn,
      MaxNumberOfMessagesPerSecond: 25,
    });
    expect({ moved, sent }).toEqual({ moved: [1], sent: 2 });
    expect([...written.keys()]).toEqual(['one', 'two']);
    expect(written.get('one')?.first).toEqual({
      since: '2026-11-20T10:00:00.000Z',
      reason: 'TypeError: x is not a function',
      attempts: 5,
      place: QUEUE.id,
    });
  });

  test('that moves already is followed, not moved twice', async () => {
    const { calls } = await move({ ListMessageMoveTasks: [task('RUNNING', 0), task('COMPLETED', 2)] });
    expect(calls.map(({ operation }) => operation)).not.toContain('StartMessageMoveTask');
  });

  test('whose messages come back is moved once, not for ever', async () => {
    const { calls, moved, sent } = await move({
      ListMessageMoveTasks: [
        { Results: [] },
        task('RUNNING', 1),
        task('RUNNING', 284, { TaskHandle: 'h' }),
        task('CANCELLING', 285),
        task('CANCELLED', 285),
      ],
    });
    const cancelled = calls.filter(({ operation }) => operation === 'CancelMessageMoveTask');
    expect(cancelled.map(({ input }) => input)).toEqual([{ TaskHandle: 'h' }]);
    expect({ moved, sent }).toEqual({ moved: [1, 2, 2], sent: 2 });
  });

  test('that SQS could not move says why', async () => {
    const failed = task('FAILED', 1, { FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' });
    await expect(move({ ListMessageMoveTasks: [task('RUNNING', 0), failed] })).rejects.toThrow(
      'the move task is FAILED: AWS.SimpleQueueService.NonExistentQueue',
    );
  });
});

describe('a stack on an account', () => {
  const variables = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  const before = variables.map((name) => process.env[name]);
  afterEach(() => {
    for (const [index, name] of variables.entries()) {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    }
  });
  const onAccount = async (answers: Answers) => {
    const aws = await standIn(answers);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    });
    const target = accountTarget('post-broadcast-prod', 'eu-central-1');
    const close = () => {
      target.close();
      return aws.close();
    };
    return { target, close, calls: aws.calls };
  };
  const stackOf = (resources: readonly [string, string, string][]) => `
    <ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
      <ListStackResourcesResult><StackResourceSummaries>${resources
        .map(
          ([type, logicalId, physicalId]) => `<member><ResourceType>${type}</ResourceType>
            <LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId>
            <ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
        )
        .join('')}</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`;

  test('tells its resources, and why messages failed by the log of the subscriber', async () => {
    const line = {
      timestamp: '2026-11-20T10:00:00.000Z',
      level: 'ERROR',
      message: 'message failed',
      messageId: 'm',
      eventId: 'e',
      error: { name: 'TypeError', message: 'x is not a function' },
    };
    const later = { ...line, timestamp: '2026-11-20T10:30:00.000Z' };
    const { target, close, calls } = await onAccount({
      ListStackResources: [
        stackOf([
          ['AWS::SQS::Queue', 'SearchIndexingQueue', 'https://queue'],
          ['AWS::Lambda::Function', 'SearchIndexingLambdaFunction', 'post-broadcast-prod-searchIndexing'],
        ]),
      ],
      FilterLogEvents: [
        { events: [{ message: JSON.stringify(line) }], nextToken: 'more' },
        { events: [{ message: 'REPORT RequestId' }, { message: JSON.stringify(later) }] },
      ],
    });
    expect(await target.ofType('AWS::SQS::Queue')).toEqual(
      new Map([['SearchIndexingQueue', 'https://queue']]),
    );
    const log = await target.readFailureLog('SearchIndexingLambdaFunction', new Date('2026-11-20T09:00:00Z'));
    await close();
    const expected = {
      reason: 'TypeError: x is not a function',
      first: line.timestamp,
      last: later.timestamp,
      times: 2,
    };
    expect([log.get('m'), log.get('e')]).toEqual([expected, expected]);
    expect(calls.find(({ operation }) => operation === 'FilterLogEvents')?.input).toMatchObject({
      logGroupName: '/aws/lambda/post-broadcast-prod-searchIndexing',
      startTime: Date.parse('2026-11-20T09:00:00Z'),
    });
  });
});

test('what is paced goes at once first, then at the rate', async () => {
  const pace = paceOf(100);
  const begin = performance.now();
  await pace(10);
  expect(performance.now() - begin).toBeLessThan(50);
  await pace(10);
  await pace(1);
  expect(performance.now() - begin).toBeGreaterThanOrEqual(195);
});
