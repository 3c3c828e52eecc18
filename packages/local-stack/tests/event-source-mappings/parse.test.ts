import { parseEventSourceMapping } from '../../src/event-source-mappings/index.ts';
import { queueArn, streamArn } from '../conformance/support/world.ts';

const stream = { EventSourceArn: streamArn, FunctionName: 'handler', StartingPosition: 'LATEST' };
const queue = { EventSourceArn: queueArn, FunctionName: 'handler' };

describe('what AWS takes and this room does not emulate is refused with a clear message', () => {
  test.each([
    [
      'tumbling windows',
      { ...stream, TumblingWindowInSeconds: 30 },
      /TumblingWindowInSeconds: tumbling windows are not emulated/,
    ],
    [
      'provisioned pollers',
      { ...queue, ProvisionedPollerConfig: { MinimumPollers: 2 } },
      /provisioned pollers are not emulated/,
    ],
    [
      'Kinesis',
      { ...stream, EventSourceArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/s' },
      /only DynamoDB streams and SQS queues are emulated/,
    ],
  ])('%s', (_what, properties, message) => {
    expect(() => parseEventSourceMapping(properties, 'Mapping')).toThrow(message);
  });
});

test('a tumbling window of 0 is none', () => {
  expect(parseEventSourceMapping({ ...stream, TumblingWindowInSeconds: 0 }, 'Mapping').kind).toBe('stream');
});

test('every problem of a mapping is listed at once, under its logical id', () => {
  const properties = {
    ...queue,
    BatchSize: 50,
    ScalingConfig: { MaximumConcurrency: 1 },
    Topics: ['x'],
    BatchSise: 5,
    FilterCriteria: {
      Filters: [{ Pattern: '{"body":[]}' }, { Pattern: '{"body":["ok"]}' }, { Pattern: 'no' }],
    },
  };
  expect(() => parseEventSourceMapping(properties, 'PushQueueMapping')).toThrow(
    [
      'PushQueueMapping (AWS::Lambda::EventSourceMapping):',
      '  - FilterCriteria.Filters.0.Pattern: Invalid filter pattern definition: "body" holds an empty list',
      '  - FilterCriteria.Filters.2.Pattern: Invalid filter pattern definition: the pattern is not valid JSON',
      '  - ScalingConfig.MaximumConcurrency: Too small: expected number to be >=2',
      '  - Topics: does not apply to Amazon SQS event sources',
      '  - BatchSise: is not a property of AWS::Lambda::EventSourceMapping',
      '  - MaximumBatchingWindowInSeconds: must be at least 1 when BatchSize is greater than 10',
    ].join('\n'),
  );
});

test('numbers and booleans may be strings, as CloudFormation passes them', () => {
  const mapping = parseEventSourceMapping({ ...stream, BatchSize: '7', Enabled: 'false' }, 'Mapping');
  expect(mapping).toMatchObject({ batchSize: 7, enabled: false });
});

test('unresolved intrinsics are refused', () => {
  expect(() =>
    parseEventSourceMapping(
      { ...stream, EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] } },
      'Mapping',
    ),
  ).toThrow(/EventSourceArn: must be the resolved ARN/);
  expect(() => parseEventSourceMapping({ ...stream, FunctionName: { Ref: 'Fn' } }, 'Mapping')).toThrow(
    /FunctionName/,
  );
});
