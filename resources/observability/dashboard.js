// The path of a post from left to right; below it what went wrong, at the same places.
const { ofApi, ofFunction, ofMapping, ofQueue, ofService, ofTable, ofTopic } = require('./metrics.js');

/** The body is one text for Fn::Sub. */
const inSub = (value) => {
  if (typeof value === 'string') return value;
  return `\${${value.Ref ?? value['Fn::GetAtt'].join('.')}}`;
};

/** A line of a graph. */
const line = ({ Namespace, MetricName, dimensions }, label = MetricName, stat = undefined) => [
  Namespace,
  MetricName,
  ...Object.entries(dimensions).flatMap(([name, value]) => [name, inSub(value)]),
  { label, ...(stat && { stat }) },
];
const percentiles = (metric, name = '') =>
  ['p50', 'p99'].map((stat) => line(metric, `${name} ${stat}`.trim(), stat));

const rowsOf = ({ functions, streams, queues, deadLetterQueues, topics, tables, apis }, namespace) => {
  const own = ofService(namespace, 'broadcaster');
  const functionLines = (name) => functions.map(({ id }) => line(ofFunction(id)(name), id));
  const changes = `SEARCH('{"${namespace}",service,change} MetricName="PublishedByChange"', 'Sum', 60)`;
  return [
    [
      [
        'Requests',
        'Sum',
        apis.flatMap(({ id }) => ['Count', '4xx', '5xx'].map((name) => line(ofApi(id)(name)))),
      ],
      [
        'Stream lag, ms',
        'Maximum',
        streams.map(({ functionId }) => line(ofFunction(functionId)('IteratorAge'), functionId)),
      ],
      // The exclamation mark keeps the placeholder for CloudWatch.
      ['Published by change', 'Sum', [[{ expression: changes, label: `\${!PROP('Dim.change')}` }]]],
      [
        "Each subscriber's age, s",
        'Maximum',
        queues.map(({ source }) => line(ofQueue(source)('ApproximateAgeOfOldestMessage'), source)),
      ],
      [
        'From post to subscriber, ms',
        'p99',
        // A queue that holds messages back on purpose would hide the others' milliseconds.
        queues
          .filter(({ queue }) => !queue.DelaySeconds)
          .map(({ functionId }) => functions.find(({ id }) => id === functionId)?.Environment?.Variables)
          .flatMap((variables) => variables?.POWERTOOLS_SERVICE_NAME ?? [])
          .flatMap((service) => percentiles(ofService(namespace, service)('EndToEndLatency'), service)),
      ],
    ],
    [
      ['API latency, ms', 'p99', apis.flatMap(({ id }) => percentiles(ofApi(id)('Latency')))],
      [
        'Not published',
        'Sum',
        [
          ...['FailedForNow', 'Parked'].map((name) => line(own(name))),
          ...streams.flatMap(({ id }) =>
            ['FailedInvokeEventCount', 'DroppedEventCount', 'OnFailureDestinationDeliveredEventCount'].map(
              (name) => line(ofMapping(id)(name)),
            ),
          ),
        ],
      ],
      [
        'Not delivered',
        'Sum',
        topics.flatMap((id) =>
          ['Failed', 'RedrivenToDlq', 'FailedToRedriveToDlq', 'FilteredOut-InvalidAttributes'].map((name) =>
            line(ofTopic(id)(`NumberOfNotifications${name}`), name),
          ),
        ),
      ],
      [
        'Dead letters',
        'Maximum',
        deadLetterQueues.map((id) => line(ofQueue(id)('ApproximateNumberOfMessagesVisible'), id)),
      ],
      [
        'Tables throttled',
        'Sum',
        tables.flatMap(({ id }) =>
          ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) =>
            line(ofTable(id)(name), `${id} ${name}`),
          ),
        ),
      ],
    ],
    [
      ['Errors', 'Sum', functionLines('Errors')],
      ['Throttles', 'Sum', functionLines('Throttles')],
      ['Longest duration, ms', 'Maximum', functionLines('Duration')],
    ],
  ];
};

const WIDTH = 24;
const HEIGHT = 7;
const widget = ([title, stat, metrics], x, y, width) => ({
  type: 'metric',
  ...{ x, y, width, height: HEIGHT },
  properties: {
    title,
    stat,
    metrics,
    region: `\${AWS::Region}`,
    period: 60,
    yAxis: { left: { min: 0, showUnits: false } },
  },
});

/**
 * @param described what `describe` makes of the template
 * @param prefix of names: service and stage
 * @param namespace of the functions' own metrics
 * @returns CloudFormation resources by logical id
 */
module.exports.dashboardFor = (described, prefix, namespace) => {
  // CloudWatch refuses a graph without a metric: a service may have no subscriber yet.
  const rows = rowsOf(described, namespace)
    .map((row) => row.filter(([, , metrics]) => metrics.length > 0))
    .filter((row) => row.length > 0);
  const widgets = rows.flatMap((row, y) => {
    const width = Math.floor(WIDTH / row.length);
    return row.map((graph, x) => widget(graph, x * width, y * HEIGHT, width));
  });
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        // A dashboard's name counts in all regions of the account.
        DashboardName: { 'Fn::Sub': `${prefix}-\${AWS::Region}` },
        DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets }) },
      },
    },
  };
};
