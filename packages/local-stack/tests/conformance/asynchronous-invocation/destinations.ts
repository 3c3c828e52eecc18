import assert from 'node:assert/strict';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  asynchronousConfigurations,
  awsDestinations,
  type RecordForBus,
} from '../../../src/asynchronous-invocation/index.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import {
  type AsynchronousWorld,
  fails,
  functionArn,
  inTurn,
  succeeds,
  throttled,
  withAsynchronousEvents,
} from '../support/asynchronous-world.ts';
import { arnOfQueue, type Messaging, region, withMessaging } from '../support/messaging.ts';

const holds = inArea('Asynchronous invocation: destinations and dead-letter queues');

const HOUR = 3_600_000;
const failuresArn = 'arn:aws:sqs:eu-central-1:123456789012:failures';
const doneArn = 'arn:aws:sns:eu-central-1:123456789012:done';
const deadArn = 'arn:aws:sqs:eu-central-1:123456789012:dead';
const onFailure = { DestinationConfig: { OnFailure: { Destination: failuresArn } } };
const onSuccess = { DestinationConfig: { OnSuccess: { Destination: doneArn } } };
const deadLetterQueue = { DeadLetterConfig: { TargetArn: deadArn } };

const onlyRecord = ({ records }: AsynchronousWorld) => {
  assert.equal(records.length, 1);
  return records[0]?.record;
};

const parse = (config: Record<string, unknown>, properties: Record<string, unknown> = {}) =>
  asynchronousConfigurations(
    [{ functionName: 'worker', functionArn, properties }],
    [{ FunctionName: 'worker', Qualifier: '$LATEST', ...config }],
  );
const destinedTo = (Destination: string, when = 'OnFailure') => ({
  DestinationConfig: { [when]: { Destination } },
});

/** The destinations that the stack uses, on the messaging engine. */
const destinationsOn = (
  { sqs, sns, endpoint }: Messaging,
  s3: S3Client,
  invoke: (arn: string, event: unknown) => Promise<unknown> = async () => {},
  putEvent: (event: RecordForBus) => Promise<void> = async () => {},
) =>
  awsDestinations({
    ...{ sqs, sns, s3, invoke, putEvent },
    urlOf: async (arn) => `${endpoint}/000000000000/${arn.split(':').pop()}`,
  });

/** Sends a record or a discarded event as the stack does, to the messaging engine. */
const sending = (act: (messaging: Messaging, s3: S3Client) => Promise<void>) =>
  withMessaging(async (messaging) => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const s3 = new S3Client({ endpoint: messaging.endpoint, region, credentials, forcePathStyle: true });
    try {
      await act(messaging, s3);
    } finally {
      s3.destroy();
    }
  });

const record = {
  version: '1.0',
  timestamp: '2026-01-15T10:00:00.000Z',
  requestContext: {
    requestId: '6c2b7f14-0000-4000-8000-000000000001',
    functionArn: `${functionArn}:$LATEST`,
    condition: 'RetriesExhausted' as const,
    approximateInvokeCount: 3,
  },
  requestPayload: { order: 1 },
};

export const asynchronousDestinations: readonly Behaviour[] = [
  holds(
    'a given-up event is told to the on-failure destination, in the documented shape',
    pages.asyncRetainRecords,
    () =>
      withAsynchronousEvents({ answer: fails, config: onFailure }, async (world) => {
        const requestId = world.accept({ order: 1 });
        await world.clock.advance(HOUR);
        assert.deepEqual(world.records[0]?.destination, { kind: 'sqs', arn: failuresArn });
        assert.deepEqual(onlyRecord(world), {
          version: '1.0',
          timestamp: '2026-01-15T10:03:00.000Z',
          requestContext: {
            requestId,
            functionArn: `${functionArn}:$LATEST`,
            condition: 'RetriesExhausted',
            approximateInvokeCount: 3,
          },
          requestPayload: { order: 1 },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: {
            errorMessage: 'out of range',
            errorType: 'RangeError',
            trace: ['RangeError: out of range', '    at handler'],
          },
        });
      }),
  ),
  holds('a success is told to the on-success destination, and to no other', pages.asyncRetainRecords, () =>
    withAsynchronousEvents(
      {
        answer: inTurn(fails, succeeds),
        config: { DestinationConfig: { ...onSuccess.DestinationConfig, ...onFailure.DestinationConfig } },
        properties: deadLetterQueue,
      },
      async (world) => {
        world.accept({ order: 1 });
        await world.clock.advance(HOUR);
        assert.deepEqual(world.records[0]?.destination, { kind: 'sns', arn: doneArn });
        const { requestContext, responseContext, responsePayload } = Object(onlyRecord(world));
        assert.equal(requestContext.condition, 'Success');
        assert.equal(requestContext.approximateInvokeCount, 2);
        assert.deepEqual(responsePayload, { done: true });
        assert.equal(responseContext.statusCode, 200);
        assert.deepEqual(world.deadLetters, []);
      },
    ),
  ),
  holds('an event over its age is told with the condition EventAgeExceeded', pages.asyncRetainRecords, () =>
    withAsynchronousEvents(
      { answer: throttled, config: { ...onFailure, MaximumEventAgeInSeconds: 60 } },
      async (world) => {
        world.accept({ order: 1 });
        await world.clock.advance(HOUR);
        const { requestContext, requestPayload } = Object(onlyRecord(world));
        assert.equal(requestContext.condition, 'EventAgeExceeded');
        assert.deepEqual(requestPayload, { order: 1 });
      },
    ),
  ),
  holds.decided('AWS shows no record of an event that never ran')(
    'the record of an event that never ran holds no response',
    pages.asyncRetainRecords,
    () =>
      withAsynchronousEvents(
        { answer: throttled, config: { ...onFailure, MaximumEventAgeInSeconds: 60 } },
        async (world) => {
          world.accept({ order: 1 });
          await world.clock.advance(HOUR);
          const told = onlyRecord(world) ?? {};
          assert(!('responseContext' in told || 'responsePayload' in told));
          assert.equal(Object(told.requestContext).approximateInvokeCount, 0);
        },
      ),
  ),
  holds(
    'a dead-letter queue of the function gets the event itself, with what went wrong',
    pages.asyncDeadLetters,
    () =>
      withAsynchronousEvents({ answer: fails, properties: deadLetterQueue }, async (world) => {
        const requestId = world.accept({ order: 1 });
        await world.clock.advance(HOUR);
        assert.deepEqual(world.deadLetters, [
          {
            destination: { kind: 'sqs', arn: deadArn },
            payload: { order: 1 },
            attributes: { RequestID: requestId, ErrorCode: '200', ErrorMessage: 'out of range' },
          },
        ]);
      }),
  ),
  holds('in a dead-letter queue stands the first kilobyte of the error message', pages.asyncDeadLetters, () =>
    withAsynchronousEvents(
      {
        answer: () => ({ kind: 'error', errorType: 'Error', errorMessage: 'x'.repeat(2_000) }),
        properties: deadLetterQueue,
      },
      async (world) => {
        world.accept({ order: 1 });
        await world.clock.advance(HOUR);
        assert.equal(world.deadLetters[0]?.attributes.ErrorMessage, 'x'.repeat(1_024));
      },
    ),
  ),
  holds(
    'a dead-letter queue and an on-failure destination both get what was given up',
    pages.asyncDeadLetters,
    () =>
      withAsynchronousEvents(
        { answer: fails, config: onFailure, properties: deadLetterQueue },
        async (world) => {
          world.accept({ order: 1 });
          await world.clock.advance(HOUR);
          assert.equal(world.deadLetters.length, 1);
          assert.equal(world.records.length, 1);
        },
      ),
  ),
  holds('DestinationDeliveryFailures and DeadLetterErrors count what could not be told', pages.metrics, () =>
    withAsynchronousEvents(
      { answer: fails, config: onFailure, properties: deadLetterQueue },
      async (world) => {
        world.failDestinations(100);
        world.accept({ order: 1 });
        await world.clock.advance(HOUR);
        assert.deepEqual(world.values('DestinationDeliveryFailures'), [1]);
        assert.deepEqual(world.values('DeadLetterErrors'), [1]);
        assert.equal(world.logs.filter((line) => line.includes('could not be told')).length, 2);
      },
    ),
  ),
  holds.decided('AWS does not say how often it tries a destination')(
    'a destination that is away for a moment is tried three times',
    pages.asyncRetainRecords,
    () =>
      withAsynchronousEvents({ answer: fails, config: onFailure }, async (world) => {
        world.failDestinations(2);
        world.accept({ order: 1 });
        await world.clock.advance(HOUR);
        assert.equal(world.records.length, 1);
        assert.deepEqual(world.values('DestinationDeliveryFailures'), []);
      }),
  ),
  holds('queues and topics get the record as their message', pages.asyncRetainRecords, () =>
    sending(async (messaging, s3) => {
      const { queue, topic, subscribe, receive } = messaging;
      const destinations = destinationsOn(messaging, s3);
      const direct = await queue('direct');
      const behind = await queue('behind');
      const topicArn = await topic('records');
      await subscribe(topicArn, 'behind', { RawMessageDelivery: 'true' });
      await destinations.sendRecord({ kind: 'sqs', arn: arnOfQueue('direct') }, record);
      await destinations.sendRecord({ kind: 'sns', arn: topicArn }, record);
      for (const url of [direct, behind])
        assert.deepEqual(JSON.parse((await receive(url))[0]?.Body ?? ''), record);
    }),
  ),
  holds('a function gets the record as its event', pages.asyncRetainRecords, () =>
    sending(async (messaging, s3) => {
      const invoked: unknown[] = [];
      const destinations = destinationsOn(messaging, s3, async (...given) => invoked.push(given));
      const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:auditor';
      await destinations.sendRecord({ kind: 'lambda', arn }, record);
      assert.deepEqual(invoked, [[arn, record]]);
    }),
  ),
  holds(
    'an event bus gets an event of the source lambda with the record as its detail',
    pages.asyncRetainRecords,
    () =>
      sending(async (messaging, s3) => {
        const put: RecordForBus[] = [];
        const destinations = destinationsOn(messaging, s3, undefined, async (event) => {
          put.push(event);
        });
        const arn = 'arn:aws:events:eu-central-1:123456789012:event-bus/results';
        await destinations.sendRecord({ kind: 'events', arn }, record);
        const [event] = put;
        assert.deepEqual(JSON.parse(event?.Detail ?? ''), record);
        assert.deepEqual(
          { ...event, Detail: '' },
          {
            ...{ EventBusName: arn, Source: 'lambda', Detail: '' },
            DetailType: 'Lambda Function Invocation Result - Failure',
            Resources: [`${functionArn}:$LATEST`, arn],
          },
        );
      }),
  ),
  holds(
    'a bucket gets an object under aws/lambda/async, the function and the date',
    pages.asyncRetainRecords,
    () =>
      sending(async (messaging, s3) => {
        const Bucket = 'asynchronous-failures';
        await s3.send(new CreateBucketCommand({ Bucket }));
        await destinationsOn(messaging, s3).sendRecord({ kind: 's3', arn: `arn:aws:s3:::${Bucket}` }, record);
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
        const { Key = '' } = Contents[0] ?? {};
        assert.match(Key, /^aws\/lambda\/async\/worker\/2026\/01\/15\/2026-01-15T10\.00\.00-[0-9a-f-]{36}$/);
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        assert.deepEqual(JSON.parse((await Body?.transformToString()) ?? ''), record);
      }),
  ),
  holds(
    'a message in a dead-letter queue has the attributes RequestID, ErrorCode and ErrorMessage',
    pages.asyncDeadLetters,
    () =>
      sending(async (messaging, s3) => {
        const { queue, receive } = messaging;
        const url = await queue('dead');
        await destinationsOn(messaging, s3).sendDeadLetter(
          { kind: 'sqs', arn: arnOfQueue('dead') },
          { order: 1 },
          { RequestID: 'r1', ErrorCode: '200', ErrorMessage: 'out of range' },
        );
        const [message] = await receive(url);
        assert.deepEqual(JSON.parse(message?.Body ?? ''), { order: 1 });
        const { RequestID, ErrorCode, ErrorMessage } = message?.MessageAttributes ?? {};
        assert.deepEqual([RequestID?.DataType, RequestID?.StringValue], ['String', 'r1']);
        assert.deepEqual([ErrorCode?.DataType, ErrorCode?.StringValue], ['Number', '200']);
        assert.deepEqual([ErrorMessage?.DataType, ErrorMessage?.StringValue], ['String', 'out of range']);
      }),
  ),
  holds(
    'numbers of an EventInvokeConfig outside their ranges are refused',
    pages.templateEventInvokeConfig,
    () => {
      for (const config of [
        { MaximumRetryAttempts: 3 },
        { MaximumRetryAttempts: -1 },
        { MaximumEventAgeInSeconds: 59 },
        { MaximumEventAgeInSeconds: 21_601 },
      ])
        assert.throws(() => parse(config), /MaximumRetryAttempts|MaximumEventAgeInSeconds/);
      parse({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 21_600 });
    },
  ),
  holds(
    'a destination is a standard queue, a standard topic, a function or a bus; of failures also a bucket',
    pages.templateEventInvokeConfig,
    () => {
      assert.throws(() => parse(destinedTo(`${failuresArn}.fifo`)), /is not a standard queue/);
      assert.throws(() => parse(destinedTo('arn:aws:kinesis:eu-central-1:123456789012:stream/s')), /is not/);
      assert.throws(() => parse(destinedTo('arn:aws:s3:::done', 'OnSuccess')), /is not/);
      const [configuration] = parse(destinedTo('arn:aws:s3:::failures'));
      assert.deepEqual(configuration?.onFailure, { kind: 's3', arn: 'arn:aws:s3:::failures' });
    },
  ),
  holds('a dead-letter queue of a function is a standard queue or topic', pages.asyncDeadLetters, () => {
    for (const TargetArn of [functionArn, 'arn:aws:s3:::failures', `${deadArn}.fifo`])
      assert.throws(() => parse({}, { DeadLetterConfig: { TargetArn } }), /is not a standard queue/);
    assert.deepEqual(parse({}, deadLetterQueue)[0]?.deadLetters, { kind: 'sqs', arn: deadArn });
  }),
];
