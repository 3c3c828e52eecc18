// Each alarm needs an operator's action, which docs/operations.md describes. Everything else is on the dashboard.
const { ofApi, ofDomain, ofFunction, ofMapping, ofQueue, ofService, ofTopic } = require('./metrics.js');

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

const RETENTION_OF_A_STREAM = DAY;
const RETENTION_OF_A_QUEUE = 4 * DAY;

/** Seconds behind: 15 minutes, but well before records are given up. */
const lateStream = ({ MaximumRecordAgeInSeconds: age = -1 }) =>
  Math.min(15 * MINUTE, (age < 0 ? RETENTION_OF_A_STREAM : age) / 4);

/** Seconds behind: 5 minutes beyond what messages wait on purpose, but well before they expire. */
const lateQueue = ({ queue, MaximumBatchingWindowInSeconds: window = 0 }) =>
  Math.min(
    5 * MINUTE + window + (queue.DelaySeconds ?? 0),
    (queue.MessageRetentionPeriod ?? RETENTION_OF_A_QUEUE) / 2,
  );

const max = (Threshold) => ({ Statistic: 'Maximum', Threshold });
const sum = (Threshold) => ({ Statistic: 'Sum', Threshold });
const min = (Threshold) => ({
  Statistic: 'Minimum',
  Threshold,
  ComparisonOperator: 'LessThanOrEqualToThreshold',
});
// A mapping that polls counts zeros, so that only silence is a failure. A sum is never below zero.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
const silent = {
  ...sum(0),
  ComparisonOperator: 'LessThanThreshold',
  TreatMissingData: 'breaching',
};
const during = (minutes, of = 1) => ({
  Period: minutes * MINUTE,
  DatapointsToAlarm: of,
  EvaluationPeriods: of,
});

/** What the mail says of each kind. */
const MEANINGS = {
  'iterator age': 'Changes reach the subscribers late, and are given up if that goes on.',
  'mapping stopped': 'The stream is not polled: its mapping is disabled, gone, or may not read.',
  dropped: 'Records were given up and are in no on-failure destination.',
  'given up': 'Records were given up and wait in the on-failure destination.',
  lost: 'Records were given up and could not be written to the on-failure destination.',
  parked: 'Records that can never be published wait in the failures bucket.',
  undelivered: 'SNS could not deliver to a queue and gave up.',
  'oldest message': 'A subscriber is behind.',
  'dead letters': 'Messages that a subscriber failed at wait for somebody.',
  'API 5xx': 'Callers of the API get errors of ours.',
  'search red': 'A part of the search index is not there.',
  'search blocked': 'The search domain refuses writes.',
  'search storage': 'The search domain runs out of storage, and refuses writes soon.',
};

/** The table: a kind of alarm and what it is about, its metric, its threshold, and for how long. */
const rowsOf = ({ streams, queues, deadLetterQueues, topics, apis, domains, functions }, namespace) => [
  ...streams.flatMap((stream) => [
    ['iterator age', stream.id, ofFunction(stream.functionId)('IteratorAge'), max(lateStream(stream) * 1000)],
    ['mapping stopped', stream.id, ofMapping(stream.id)('PolledEventCount'), silent, during(5, 3)],
    ['dropped', stream.id, ofMapping(stream.id)('DroppedEventCount'), sum(1)],
    ...(stream.DestinationConfig
      ? [
          ['given up', stream.id, ofMapping(stream.id)('OnFailureDestinationDeliveredEventCount'), sum(1)],
          ['lost', stream.id, ofFunction(stream.functionId)('DestinationDeliveryFailures'), sum(1)],
        ]
      : []),
  ]),
  ...(functions.some(({ id }) => id === 'BroadcasterLambdaFunction')
    ? [['parked', 'Broadcaster', ofService(namespace, 'broadcaster')('Parked'), sum(1)]]
    : []),
  ...topics.map((id) => ['undelivered', id, ofTopic(id)('NumberOfNotificationsFailed'), sum(1), during(5)]),
  ...queues.map((mapping) => [
    'oldest message',
    mapping.source,
    ofQueue(mapping.source)('ApproximateAgeOfOldestMessage'),
    max(lateQueue(mapping)),
    during(1, 3),
  ]),
  ...deadLetterQueues.map((id) => [
    'dead letters',
    id,
    ofQueue(id)('ApproximateNumberOfMessagesVisible'),
    max(1),
  ]),
  // One is a retry for its client, five in five minutes are a fault.
  ...apis.map(({ id }) => ['API 5xx', id, ofApi(id)('5xx'), sum(5), during(5)]),
  // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cloudwatch-alarms.html
  ...domains.flatMap(({ id, EBSOptions }) => [
    ['search red', id, ofDomain(id)('ClusterStatus.red'), max(1)],
    ['search blocked', id, ofDomain(id)('ClusterIndexWritesBlocked'), max(1), during(5)],
    // A quarter of the volume, in MiB.
    ['search storage', id, ofDomain(id)('FreeStorageSpace'), min((EBSOptions.VolumeSize * 1024) / 4)],
  ]),
];

const idOf = (kind, about) =>
  `${about}${kind.replace(/(?:^| )(.)/g, (_, letter) => letter.toUpperCase())}Alarm`;

/**
 * @param template the compiled CloudFormation template, whole
 * @param described what `describe` makes of it
 * @param prefix of names: service and stage
 * @param namespace of the functions' own metrics
 * @returns CloudFormation resources by logical id
 */
module.exports.alarmsFor = ({ Resources }, described, prefix, namespace) =>
  Object.fromEntries(
    rowsOf(described, namespace).map(
      ([kind, about, { dimensions, ...metric }, threshold, period = during(1)]) => {
        // An alarm has the condition of what it watches.
        const { Condition } =
          Object.values(dimensions)
            .map((value) => Resources[value.Ref ?? value['Fn::GetAtt']?.[0]])
            .find((resource) => resource?.Condition) ?? {};
        return [
          idOf(kind, about),
          {
            Type: 'AWS::CloudWatch::Alarm',
            ...(Condition && { Condition }),
            Metadata: { kind },
            Properties: {
              AlarmName: `${prefix} ${about}: ${kind}`,
              AlarmDescription: `${MEANINGS[kind]} What to do: docs/operations.md, "${kind}".`,
              ...metric,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
              ComparisonOperator: 'GreaterThanOrEqualToThreshold',
              // AWS emits most metrics only when there is something to count.
              TreatMissingData: 'notBreaching',
              ...threshold,
              ...period,
              AlarmActions: [{ Ref: 'AlarmsTopic' }],
              OKActions: [{ Ref: 'AlarmsTopic' }],
            },
          },
        ];
      },
    ),
  );
