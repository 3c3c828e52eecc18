// The road of a post from left to right: what comes in, how far behind the stream is, what is published, how far
// behind each subscriber is, and what the whole took. Below it what went wrong, at the same places.
const MINUTE = 60;
// The body goes through Fn::Sub, which puts in what only the deployed stack knows.
const refTo = (logicalId) => `\${${logicalId}}`;
const REGION = refTo('AWS::Region');
const attribute = (logicalId, name) => `\${${logicalId}.${name}}`;

const graph = (title, metrics, options = {}) => ({
  type: 'metric',
  properties: { title, region: REGION, view: 'timeSeries', period: MINUTE, stat: 'Sum', metrics, ...options },
});

const milliseconds = { yAxis: { left: { min: 0, label: 'ms', showUnits: false } } };
const seconds = { yAxis: { left: { min: 0, label: 's', showUnits: false } } };
const count = { yAxis: { left: { min: 0, showUnits: false } } };

const postsIn = () =>
  graph(
    'Requests',
    [
      ['AWS/ApiGateway', 'Count', 'ApiId', refTo('HttpApi'), 'Stage', '$default', { label: 'requests' }],
      ['.', '4xx', '.', '.', '.', '.', { label: '4xx' }],
      ['.', '5xx', '.', '.', '.', '.', { label: '5xx', color: '#d62728' }],
    ],
    count,
  );

const streamLag = (streams) =>
  graph(
    'Stream lag',
    streams.map(({ lambda: { id, key } }) => [
      'AWS/Lambda',
      'IteratorAge',
      'FunctionName',
      refTo(id),
      { label: key },
    ]),
    {
      stat: 'Maximum',
      ...milliseconds,
      annotations: { horizontal: [{ label: 'warning', value: 60_000 }] },
    },
  );

const publishedByKind = (namespace) =>
  graph(
    'Published by kind',
    [
      [
        {
          expression: `SEARCH('{"${namespace}",service,change} MetricName="PublishedByChange"', 'Sum', ${MINUTE})`,
          // The exclamation mark keeps this one for CloudWatch.
          label: `\${!PROP('Dim.change')}`,
        },
      ],
    ],
    { stacked: true, ...count },
  );

const waiting = (queues) =>
  graph(
    "Each subscriber's age",
    queues.map(({ queue, lambda: { key } }) => [
      'AWS/SQS',
      'ApproximateAgeOfOldestMessage',
      'QueueName',
      attribute(queue, 'QueueName'),
      { label: key },
    ]),
    { stat: 'Maximum', ...seconds },
  );

const endToEnd = (queues, namespace) =>
  graph(
    'From post to subscriber',
    // Beside a minute of waiting on purpose nobody would see the others' milliseconds.
    queues
      .filter(({ delay }) => delay === 0)
      .flatMap(({ lambda: { service } }) =>
        ['p50', 'p99'].map((stat) => [
          namespace,
          'EndToEndLatency',
          'service',
          service,
          { stat, label: `${service} ${stat}` },
        ]),
      ),
    milliseconds,
  );

const apiLatency = () =>
  graph(
    'API latency',
    ['p50', 'p99'].map((stat) => [
      'AWS/ApiGateway',
      'Latency',
      'ApiId',
      refTo('HttpApi'),
      'Stage',
      '$default',
      { stat, label: stat },
    ]),
    milliseconds,
  );

const publishingFailures = (streams, namespace) =>
  graph(
    'Not published',
    streams.flatMap(({ id, lambda: { service } }) => [
      [namespace, 'FailedForNow', 'service', service, { label: 'failed for now' }],
      ['.', 'Parked', '.', '.', { label: 'parked' }],
      ...[
        ['DroppedEventCount', 'dropped'],
        ['OnFailureDestinationDeliveredEventCount', 'given up, in the bucket'],
      ].map(([metric, label]) => ['AWS/Lambda', metric, 'EventSourceMappingUUID', refTo(id), { label }]),
    ]),
    count,
  );

const deliveryFailures = () =>
  graph(
    'Not delivered by the topic',
    [
      [
        'AWS/SNS',
        'NumberOfNotificationsFailed',
        'TopicName',
        attribute('PostEventsTopic', 'TopicName'),
        { label: 'failed' },
      ],
      ['.', 'NumberOfNotificationsRedrivenToDlq', '.', '.', { label: 'redriven' }],
      ['.', 'NumberOfNotificationsFilteredOut-InvalidAttributes', '.', '.', { label: 'invalid attributes' }],
    ],
    count,
  );

const handlingFailures = (queues) =>
  graph(
    'Failed at a subscriber',
    queues.map(({ id, lambda: { key } }) => [
      'AWS/Lambda',
      'FailedInvokeEventCount',
      'EventSourceMappingUUID',
      refTo(id),
      { label: key },
    ]),
    count,
  );

const deadLetters = (deadLetterQueues) =>
  graph(
    'Waiting for somebody',
    deadLetterQueues.map(({ id }) => [
      'AWS/SQS',
      'ApproximateNumberOfMessagesVisible',
      'QueueName',
      attribute(id, 'QueueName'),
      { label: id },
    ]),
    { stat: 'Maximum', ...count },
  );

const health = () => ({
  type: 'alarm',
  properties: { title: 'Health', alarms: [attribute('BroadcastUnhealthyAlarm', 'Arn')] },
});

const WIDTH = 24;
const row = (y, height, widgets) => {
  const width = Math.floor(WIDTH / widgets.length);
  return widgets.map((widget, index) => ({ ...widget, x: index * width, y, width, height }));
};

/**
 * @param service what `describe` makes of the template
 * @param prefix service and stage
 * @param namespace of the functions' own metrics
 * @returns CloudFormation resources by logical id
 */
const dashboardFor = ({ streams, queues, deadLetterQueues }, prefix, namespace) => ({
  Dashboard: {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      // A dashboard's name counts in all regions of the account.
      DashboardName: { 'Fn::Sub': `${prefix}-${REGION}` },
      DashboardBody: {
        'Fn::Sub': JSON.stringify({
          widgets: [
            ...row(0, 2, [health()]),
            ...row(2, 7, [
              postsIn(),
              streamLag(streams),
              publishedByKind(namespace),
              waiting(queues),
              endToEnd(queues, namespace),
            ]),
            ...row(9, 7, [
              apiLatency(),
              publishingFailures(streams, namespace),
              deliveryFailures(),
              handlingFailures(queues),
              deadLetters(deadLetterQueues),
            ]),
          ],
        }),
      },
    },
  },
});

module.exports = { dashboardFor };
