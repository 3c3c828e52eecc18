import assert from 'node:assert/strict';
import { parseEventSourceMapping } from '../../../src/event-source-mappings/index.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { failureBucketArn, queueArn, streamArn } from '../support/world.ts';

const holds = inArea('Event source mappings: configuration');

const stream = (more: object = {}) =>
  parseEventSourceMapping(
    { EventSourceArn: streamArn, FunctionName: 'handler', StartingPosition: 'LATEST', ...more },
    'Mapping',
  );
const queue = (more: object = {}) =>
  parseEventSourceMapping({ EventSourceArn: queueArn, FunctionName: 'handler', ...more }, 'Mapping');

export const configuration: readonly Behaviour[] = [
  holds(
    'a stream mapping defaults to batches of 100, no window, one lane and retries without end',
    pages.dynamodbParameters,
    () => {
      const mapping = stream();
      assert(mapping.kind === 'stream');
      assert.equal(mapping.batchSize, 100);
      assert.equal(mapping.batchingWindowMs, 0);
      assert.equal(mapping.parallelizationFactor, 1);
      assert.equal(mapping.maximumRetryAttempts, Number.POSITIVE_INFINITY);
      assert.equal(mapping.maximumRecordAgeMs, Number.POSITIVE_INFINITY);
      assert.equal(mapping.bisectBatchOnFunctionError, false);
      assert.equal(mapping.enabled, true);
    },
  ),
  holds('a queue mapping defaults to batches of 10 and no window', pages.sqsParameters, () => {
    const mapping = queue();
    assert(mapping.kind === 'queue');
    assert.equal(mapping.batchSize, 10);
    assert.equal(mapping.batchingWindowMs, 0);
    assert.equal(mapping.maximumConcurrency, undefined);
  }),
  holds('a stream mapping must say where it starts', pages.createMapping, () => {
    assert.throws(
      () => parseEventSourceMapping({ EventSourceArn: streamArn, FunctionName: 'handler' }, 'Mapping'),
      /StartingPosition/,
    );
    assert.throws(() => stream({ StartingPosition: 'AT_TIMESTAMP' }), /StartingPosition/);
  }),
  holds('numbers outside their documented ranges are refused', pages.templateMapping, () => {
    const refused: [string, unknown][] = [
      ['BatchSize', 0],
      ['BatchSize', 10_001],
      ['MaximumBatchingWindowInSeconds', 301],
      ['MaximumRecordAgeInSeconds', 59],
      ['MaximumRecordAgeInSeconds', 604_801],
      ['MaximumRetryAttempts', -2],
      ['MaximumRetryAttempts', 10_001],
      ['ParallelizationFactor', 0],
      ['ParallelizationFactor', 11],
    ];
    for (const [name, value] of refused) assert.throws(() => stream({ [name]: value }), new RegExp(name));
    for (const MaximumConcurrency of [1, 1001])
      assert.throws(() => queue({ ScalingConfig: { MaximumConcurrency } }), /MaximumConcurrency/);
  }),
  holds(
    'a queue batch of more than 10 needs a batching window of at least 1 second',
    pages.templateMapping,
    () => {
      assert.throws(() => queue({ BatchSize: 11 }), /MaximumBatchingWindowInSeconds/);
      assert.equal(queue({ BatchSize: 10_000, MaximumBatchingWindowInSeconds: 1 }).batchSize, 10_000);
    },
  ),
  holds(
    'an on-failure destination is a standard queue, a standard topic or a bucket',
    pages.onFailure,
    () => {
      const to = (Destination: string) => stream({ DestinationConfig: { OnFailure: { Destination } } });
      const mapping = to(failureBucketArn);
      assert(mapping.kind === 'stream');
      assert.deepEqual(mapping.onFailure, { kind: 's3', arn: failureBucketArn });
      assert.throws(() => to('arn:aws:lambda:eu-central-1:123456789012:function:other'), /Destination/);
      assert.throws(() => to(`${queueArn}.fifo`), /standard/);
    },
  ),
  holds('properties of other event sources are refused by name', pages.templateMapping, () => {
    assert.throws(
      () => queue({ BisectBatchOnFunctionError: true }),
      /BisectBatchOnFunctionError: does not apply to Amazon SQS/,
    );
    assert.throws(() => stream({ ScalingConfig: {} }), /ScalingConfig: does not apply to DynamoDB/);
    assert.throws(() => stream({ BatchSise: 5 }), /BatchSise: is not a property/);
  }),
  holds('a mapping may have up to five filters, ten after a quota increase', pages.filtering, () => {
    const filters = (count: number) => ({
      FilterCriteria: {
        Filters: Array.from({ length: count }, () => ({ Pattern: '{"eventName":["INSERT"]}' })),
      },
    });
    assert.ok(stream(filters(10)).filter);
    assert.throws(() => stream(filters(11)), /Filters/);
  }),
  holds('a function is named by its name, its ARN or an ARN with an alias', pages.createMapping, () => {
    const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:handler';
    for (const FunctionName of ['handler', arn, '123456789012:function:handler', `${arn}:live`])
      assert.equal(stream({ FunctionName }).functionName, 'handler');
    assert.equal(stream({ FunctionName: 'handler' }).functionArn, arn);
  }),
  holds(
    'a mapping keeps its UUID for its life, and another event source makes another mapping',
    pages.templateMapping,
    () => {
      assert.equal(stream().id, stream({ BatchSize: 5 }).id);
      assert.match(stream().id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.notEqual(stream().id, stream({ EventSourceArn: streamArn.replace('2026', '2025') }).id);
    },
  ),
];
