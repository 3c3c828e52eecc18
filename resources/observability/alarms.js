// One alarm for each thing that can go wrong with each resource of the template: a new function, queue or table has
// its alarms without anybody writing them. What each kind means and what to do is in docs/operations.md.
const MINUTE = 60;

/**
 * What an alarm makes of minutes in which its metric says nothing.
 *
 * `quiet`: AWS emits it only when there was something to count or measure (a call, a batch, a delivery) or while the
 * queue is in use; no news is good news, and the alarm ends by itself.
 * `silenceIsFailure`: emitted always, as zeros if need be; only something that stopped says nothing.
 */
const MISSING = { quiet: 'notBreaching', silenceIsFailure: 'breaching' };

/** A problem is there when it lasts: `of` single minutes may pass, a retry will do its work. */
const lasting = (minutes, of) => ({ Period: MINUTE, DatapointsToAlarm: minutes, EvaluationPeriods: of });
/** Each one needs somebody: the first is enough. */
const AT_ONCE = { Period: MINUTE, DatapointsToAlarm: 1, EvaluationPeriods: 1 };

const dimensionsOf = (dimensions) => Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
const atLeast = (Threshold) => ({
  Threshold,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
});
const any = { Statistic: 'Sum', ...atLeast(1) };

const lambda = (MetricName, FunctionName) => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: dimensionsOf({ FunctionName: { Ref: FunctionName } }),
});
const mapping = (MetricName, id) => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: dimensionsOf({ EventSourceMappingUUID: { Ref: id } }),
});
const queue = (MetricName, id) => ({
  Namespace: 'AWS/SQS',
  MetricName,
  Dimensions: dimensionsOf({ QueueName: { 'Fn::GetAtt': [id, 'QueueName'] } }),
});

const functionAlarms = ({ id, key, timeout }) => [
  {
    id: `${id}Errors`,
    about: key,
    kind: 'errors',
    says: 'The function throws, runs out of time or memory, and keeps doing so.',
    ...lambda('Errors', id),
    ...any,
    ...lasting(2, 5),
    missing: MISSING.quiet,
  },
  {
    id: `${id}Throttles`,
    about: key,
    kind: 'throttles',
    says: "Lambda refuses invocations: the account's concurrency is used up.",
    ...lambda('Throttles', id),
    ...any,
    ...lasting(2, 5),
    missing: MISSING.quiet,
  },
  {
    id: `${id}Duration`,
    about: key,
    kind: 'duration near timeout',
    says: `Invocations take more than 80 % of the timeout of ${timeout} s.`,
    ...lambda('Duration', id),
    Statistic: 'Maximum',
    ...atLeast(timeout * 1000 * 0.8),
    ...lasting(2, 5),
    missing: MISSING.quiet,
  },
];

const RETENTION_OF_A_STREAM = 24 * 60 * 60 * 1000;

const streamAlarms = ({ id, lambda: { id: functionId, key } }) => [
  {
    id: `${id}IteratorAgeWarning`,
    about: key,
    kind: 'iterator age warning',
    says: 'Changes reach the subscribers a minute late or more.',
    ...lambda('IteratorAge', functionId),
    Statistic: 'Maximum',
    ...atLeast(60_000),
    ...lasting(3, 3),
    missing: MISSING.quiet,
  },
  {
    id: `${id}IteratorAgeCritical`,
    about: key,
    kind: 'iterator age critical',
    says: "A quarter of the stream's 24 hours is gone: what is not published by then is given up.",
    critical: true,
    ...lambda('IteratorAge', functionId),
    Statistic: 'Maximum',
    ...atLeast(RETENTION_OF_A_STREAM / 4),
    ...AT_ONCE,
    missing: MISSING.quiet,
  },
  {
    id: `${id}Stopped`,
    about: key,
    kind: 'mapping stopped',
    says: 'The stream is not polled: the mapping is disabled, gone, or may not read.',
    critical: true,
    // A mapping that polls says so even when there is nothing new, by zeros; one that does not, says nothing. Only
    // the silence counts: there are never fewer than zero.
    ...mapping('PolledEventCount', id),
    Statistic: 'Sum',
    Threshold: 0,
    ComparisonOperator: 'LessThanThreshold',
    Period: 5 * MINUTE,
    DatapointsToAlarm: 3,
    EvaluationPeriods: 3,
    missing: MISSING.silenceIsFailure,
  },
  {
    id: `${id}Failures`,
    about: key,
    kind: 'mapping failures',
    says: 'Batches fail, whole or in part, and hold up the shard while they are tried again.',
    ...mapping('FailedInvokeEventCount', id),
    ...any,
    ...lasting(3, 5),
    missing: MISSING.quiet,
  },
  {
    id: `${id}Dropped`,
    about: key,
    kind: 'dropped events',
    says: 'Records expired or used up their retries and are in no on-failure destination.',
    critical: true,
    ...mapping('DroppedEventCount', id),
    ...any,
    ...AT_ONCE,
    missing: MISSING.quiet,
  },
  {
    id: `${id}GivenUp`,
    about: key,
    kind: 'on-failure deliveries',
    says: 'Records were given up and wait in the failures bucket.',
    critical: true,
    ...mapping('OnFailureDestinationDeliveredEventCount', id),
    ...any,
    ...AT_ONCE,
    missing: MISSING.quiet,
  },
  {
    id: `${id}DestinationFailures`,
    about: key,
    kind: 'destination delivery failures',
    says: 'Records were given up and could not even be written to the failures bucket: they are lost after 24 hours.',
    critical: true,
    ...lambda('DestinationDeliveryFailures', functionId),
    ...any,
    ...AT_ONCE,
    missing: MISSING.quiet,
  },
];

const parkedAlarm = ({ lambda: { id, key, service } }, namespace) => ({
  id: `${id}Parked`,
  about: key,
  kind: 'parked records',
  says: 'Records that can never be published were put into the failures bucket.',
  critical: true,
  Namespace: namespace,
  MetricName: 'Parked',
  Dimensions: dimensionsOf({ service }),
  ...any,
  ...AT_ONCE,
  missing: MISSING.quiet,
});

const queueAlarms = ({ id, queue: queueId, delay, lambda: { key } }) => [
  {
    id: `${id}Failures`,
    about: key,
    kind: 'mapping failures',
    says: 'Messages keep failing; after five deliveries each goes to the dead-letter queue.',
    ...mapping('FailedInvokeEventCount', id),
    ...any,
    ...lasting(3, 5),
    missing: MISSING.quiet,
  },
  {
    id: `${queueId}OldestMessage`,
    about: key,
    kind: 'oldest message',
    // Longer than one message takes that fails once and comes back after the visibility timeout.
    says: 'The subscriber is five minutes behind.',
    ...queue('ApproximateAgeOfOldestMessage', queueId),
    Statistic: 'Maximum',
    // A message that waits on purpose grows old without anybody being behind.
    ...atLeast(300 + delay),
    ...lasting(3, 3),
    missing: MISSING.quiet,
  },
];

const deadLetterAlarm = ({ id, source }) => ({
  id: `${id}NotEmpty`,
  about: id,
  kind: 'dead-letter queue not empty',
  says: `What ${source} could not deliver waits for somebody.`,
  critical: true,
  ...queue('ApproximateNumberOfMessagesVisible', id),
  Statistic: 'Maximum',
  ...atLeast(1),
  ...AT_ONCE,
  // A queue that is empty for six hours stops reporting.
  missing: MISSING.quiet,
});

const topicAlarm = (kind, MetricName, says) => ({
  id: `PostEventsTopic${MetricName}`,
  about: 'PostEvents topic',
  kind,
  says,
  critical: true,
  Namespace: 'AWS/SNS',
  MetricName,
  Dimensions: dimensionsOf({ TopicName: { 'Fn::GetAtt': ['PostEventsTopic', 'TopicName'] } }),
  ...any,
  ...AT_ONCE,
  missing: MISSING.quiet,
});

const TOPIC_ALARMS = [
  topicAlarm('SNS failed', 'NumberOfNotificationsFailed', 'SNS could not deliver to a queue and gave up.'),
  topicAlarm(
    'SNS redriven',
    'NumberOfNotificationsRedrivenToDlq',
    'What SNS could not deliver is in the undelivered queue of a subscriber.',
  ),
  topicAlarm(
    'SNS redrive failed',
    'NumberOfNotificationsFailedToRedriveToDlq',
    'What SNS could not deliver could not be kept either: it is lost to that subscriber until replayed.',
  ),
];

const api = (MetricName) => ({
  Namespace: 'AWS/ApiGateway',
  MetricName,
  Dimensions: dimensionsOf({ ApiId: { Ref: 'HttpApi' }, Stage: '$default' }),
});

const API_ALARMS = [
  {
    id: 'HttpApiServerErrors',
    about: 'HTTP API',
    kind: 'API 5xx',
    says: 'Callers get 5xx.',
    ...api('5xx'),
    Statistic: 'Sum',
    // One is a retry for its client; five in five minutes are a fault.
    ...atLeast(5),
    Period: 5 * MINUTE,
    DatapointsToAlarm: 1,
    EvaluationPeriods: 1,
    missing: MISSING.quiet,
  },
  {
    id: 'HttpApiLatency',
    about: 'HTTP API',
    kind: 'API latency',
    says: 'One call in a hundred takes longer than two seconds.',
    ...api('Latency'),
    ExtendedStatistic: 'p99',
    ...atLeast(2000),
    // Cold starts after a quiet hour are over in less.
    ...lasting(5, 5),
    missing: MISSING.quiet,
  },
];

const throttleAlarm = (table, index, MetricName) => ({
  id: `${table}${index ?? ''}${MetricName}`,
  about: index ? `${table} index ${index}` : table,
  kind: 'table throttles',
  says: 'Requests are refused: the maximum units are reached, or one key is hot.',
  Namespace: 'AWS/DynamoDB',
  MetricName,
  Dimensions: dimensionsOf({
    TableName: { Ref: table },
    ...(index && { GlobalSecondaryIndexName: index }),
  }),
  Statistic: 'Sum',
  ...atLeast(1),
  // The SDK tries again; on-demand tables grow within minutes.
  ...lasting(3, 5),
  missing: MISSING.quiet,
});

const tableAlarms = ({ id, indexes }) =>
  [undefined, ...indexes].flatMap((index) =>
    ['ReadThrottleEvents', 'WriteThrottleEvents'].map((metric) => throttleAlarm(id, index, metric)),
  );

const resourceOf = ({ id, about, kind, says, critical, missing, ...metric }, prefix) => ({
  Type: 'AWS::CloudWatch::Alarm',
  // Says to the composite alarm and to the tests what the name says to people.
  Metadata: { kind, critical: critical === true },
  Properties: {
    AlarmName: `${prefix} ${about}: ${kind}${kind === 'table throttles' ? ` (${metric.MetricName})` : ''}`,
    AlarmDescription: `${says} See docs/operations.md.`,
    ...metric,
    TreatMissingData: missing,
    AlarmActions: [{ Ref: 'AlarmsTopic' }],
    OKActions: [{ Ref: 'AlarmsTopic' }],
  },
});

/** Posts are lost, stuck or not told of: whoever is woken is woken by this one. */
const composite = (alarms, prefix) => ({
  Type: 'AWS::CloudWatch::CompositeAlarm',
  Metadata: { kind: 'the broadcast is unhealthy', critical: true },
  Properties: {
    AlarmName: `${prefix} the broadcast is unhealthy`,
    AlarmDescription: 'Events are lost, given up, or wait for somebody. See docs/operations.md.',
    AlarmRule: {
      'Fn::Sub': alarms
        .filter(({ critical }) => critical)
        .map(({ id }) => `ALARM("\${${id}Alarm}")`)
        .join(' OR '),
    },
    AlarmActions: [{ Ref: 'AlarmsTopic' }],
    OKActions: [{ Ref: 'AlarmsTopic' }],
  },
});

/**
 * Every alarm of the service.
 * @param service what `describe` makes of the template
 * @param prefix service and stage: the names never meet those of another stage
 * @param namespace of the functions' own metrics
 * @returns CloudFormation resources by logical id
 */
const alarmsFor = ({ functions, streams, queues, deadLetterQueues, tables, hasApi }, prefix, namespace) => {
  const alarms = [
    ...functions.flatMap(functionAlarms),
    ...streams.flatMap(streamAlarms),
    ...streams.map((stream) => parkedAlarm(stream, namespace)),
    ...queues.flatMap(queueAlarms),
    ...deadLetterQueues.map(deadLetterAlarm),
    ...TOPIC_ALARMS,
    ...(hasApi ? API_ALARMS : []),
    ...tables.flatMap(tableAlarms),
  ];
  return {
    ...Object.fromEntries(alarms.map((alarm) => [`${alarm.id}Alarm`, resourceOf(alarm, prefix)])),
    BroadcastUnhealthyAlarm: composite(alarms, prefix),
  };
};

module.exports = { alarmsFor };
