import assert from 'node:assert/strict';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import {
  failureBucketArn,
  failureQueueArn,
  failureTopicArn,
  type Handler,
  streamArn,
  type World,
  withStream,
} from '../support/world.ts';

const holds = inArea('Streams: on-failure destinations');

const fails: Handler = () => {
  throw new Error('always');
};

/** Gives up two records and looks at what the destination got. */
function givingUp(
  Destination: string,
  act: (world: World, written: readonly [string, string]) => void,
  retries = 1,
) {
  return withStream(
    {
      handler: fails,
      properties: { MaximumRetryAttempts: retries, DestinationConfig: { OnFailure: { Destination } } },
    },
    async (world) => {
      const written = [world.stream.put({}), world.stream.put({})] as const;
      world.start();
      await world.clock.advance(60_000);
      act(world, written);
    },
  );
}

function metadata(world: World, written: readonly [string, string], body: Record<string, unknown>): void {
  const { requestContext, timestamp, ...rest } = body;
  const { requestId, ...request } = Object(requestContext);
  assert.match(String(requestId), /^[0-9a-f-]{36}$/);
  assert.match(String(timestamp), /^2026-01-15T10:00:\d\d\.\d{3}Z$/);
  assert.deepEqual(request, {
    functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:handler',
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: world.invocations.length,
  });
  assert.deepEqual(rest, {
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    DDBStreamBatchInfo: {
      shardId: 'shard-1',
      startSequenceNumber: written[0],
      endSequenceNumber: written[1],
      approximateArrivalOfFirstRecord: '2026-01-15T10:00:00Z',
      approximateArrivalOfLastRecord: '2026-01-15T10:00:00Z',
      batchSize: 2,
      streamArn,
    },
  });
}

export const streamDestinations: readonly Behaviour[] = [
  holds('an SQS destination gets the documented metadata and no data', pages.dynamodbErrors, () =>
    givingUp(failureQueueArn, (world, written) => {
      assert.deepEqual(
        world.sent.map(({ arn }) => arn),
        [failureQueueArn],
      );
      metadata(world, written, world.sent[0]?.body ?? {});
    }),
  ),
  holds('an SNS destination gets the documented metadata and no data', pages.dynamodbErrors, () =>
    givingUp(failureTopicArn, (world, written) => {
      assert.deepEqual(
        world.sent.map(({ arn }) => arn),
        [failureTopicArn],
      );
      metadata(world, written, world.sent[0]?.body ?? {});
    }),
  ),
  holds(
    'an S3 destination gets the metadata and the whole event as a payload string',
    pages.dynamodbErrors,
    () =>
      givingUp(failureBucketArn, (world, written) => {
        const { payload, ...rest } = world.objects[0]?.body ?? {};
        metadata(world, written, rest);
        assert.deepEqual(JSON.parse(String(payload)), world.invocations[0]?.event);
      }),
  ),
  holds(
    'the S3 key is aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<UUID>',
    pages.dynamodbErrors,
    () =>
      givingUp(failureBucketArn, (world) => {
        const key = world.objects[0]?.key ?? '';
        const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
        const layout = `^aws/lambda/${world.mapping.id}/shard-1/2026/01/15/2026-01-15T10\\.00\\.\\d\\d-${uuid}$`;
        assert.match(key, new RegExp(layout));
      }),
  ),
  holds('after a batch is given up the next records are processed', pages.dynamodbErrors, () =>
    givingUp(
      failureQueueArn,
      (world, written) => assert.equal(world.checkpoints.current()?.lanes[0], written[1]),
      0,
    ),
  ),
  holds('without a destination a given-up batch is dropped', pages.dynamodbErrors, () =>
    withStream({ handler: fails, properties: { MaximumRetryAttempts: 0 } }, async (world) => {
      const record = world.stream.put({});
      world.start();
      await world.clock.advance(200);
      assert.equal(world.checkpoints.current()?.lanes[0], record);
      assert.equal(world.sum('DroppedEventCount'), 1);
      assert(world.logs.some((line) => line.includes('gave up 1 records')));
    }),
  ),
  holds(
    'a destination that cannot be reached is tried again, then counts as a delivery failure, and its records as dropped',
    pages.mappingMetrics,
    () =>
      withStream(
        {
          handler: fails,
          properties: {
            MaximumRetryAttempts: 0,
            DestinationConfig: { OnFailure: { Destination: failureQueueArn } },
          },
        },
        async (world) => {
          world.failDestinations(1);
          world.stream.put({});
          world.start();
          await world.clock.advance(10_000);
          assert.equal(world.sent.length, 1);
          world.failDestinations(100);
          world.stream.put({});
          await world.clock.advance(60_000);
          assert.equal(world.sum('DestinationDeliveryFailures'), 1);
          assert.equal(world.sum('OnFailureDestinationDeliveredEventCount'), 1);
          // Of the two, only the one that is nowhere.
          assert.equal(world.sum('DroppedEventCount'), 1);
        },
      ),
  ),
  holds('the destination is told before the checkpoint moves', pages.dynamodbErrors, () =>
    withStream(
      {
        handler: fails,
        properties: {
          MaximumRetryAttempts: 0,
          DestinationConfig: { OnFailure: { Destination: failureQueueArn } },
        },
      },
      async (world) => {
        world.failDestinations(2);
        const record = world.stream.put({});
        world.start();
        await world.clock.until(() => world.logs.some((line) => line.includes('on-failure destination')));
        assert.deepEqual(world.checkpoints.current()?.lanes, [null]);
        await world.clock.advance(10_000);
        assert.equal(world.sent.length, 1);
        assert.deepEqual(world.checkpoints.current()?.lanes, [record]);
      },
    ),
  ),
  holds.decided('AWS documents the field, not its value for a batch that was reported and not thrown')(
    'functionError is null when the last failure was reported in batchItemFailures',
    pages.dynamodbErrors,
    () =>
      withStream(
        {
          handler: (...call) =>
            call[1] === 1
              ? fails(...call)
              : { batchItemFailures: [{ itemIdentifier: call[0].records.at(-1) }] },
          properties: {
            MaximumRetryAttempts: 1,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            DestinationConfig: { OnFailure: { Destination: failureQueueArn } },
          },
        },
        async (world) => {
          world.stream.put({});
          world.stream.put({});
          world.start();
          await world.clock.advance(60_000);
          assert.deepEqual(
            world.sent.map(({ body }) => Object(body.responseContext).functionError),
            [null],
          );
        },
      ),
  ),
];
