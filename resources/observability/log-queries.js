// Logs Insights queries, saved under <service>/<stage>/ in the console.
const FIELDS =
  'fields @timestamp, service, level, message, change, version, correlationId, eventId, postId, reason';

const QUERIES = {
  FollowOnePost: [
    'follow one post',
    [FIELDS, '# Put the id of the post between the quotes.', '| filter postId = ""', '| sort @timestamp asc'],
  ],
  FollowOneRequest: [
    'follow one request',
    [
      FIELDS,
      "# Put the answer's X-Correlation-Id between the quotes.",
      '| filter correlationId = ""',
      '| sort @timestamp asc',
    ],
  ],
  Failures: [
    'failures by reason',
    [
      'filter level in ["ERROR", "WARN"]',
      '| stats count(*) as times, latest(@timestamp) as last by service, message, reason, error.name, error.message',
      '| sort times desc',
    ],
  ],
  Invocations: [
    'invocations by function',
    [
      'filter @type = "REPORT"',
      '| stats count(*) as invocations, count(@initDuration) as coldStarts, pct(@duration, 50) as p50,',
      '  pct(@duration, 99) as p99, max(@maxMemoryUsed / 1000000) as megabytes by @log',
    ],
  ],
};
const ANSWERS = [
  'answers by route',
  ['stats count(*) as answers, pct(responseLatency, 99) as p99 by routeKey, status', '| sort answers desc'],
];

/**
 * @param described what `describe` makes of the template
 * @param folder where the console shows the queries
 * @returns CloudFormation resources by logical id
 */
module.exports.logQueriesFor = ({ functions, accessLogGroup }, folder) => {
  const query = ([name, lines], LogGroupNames) => ({
    Type: 'AWS::Logs::QueryDefinition',
    Properties: { Name: `${folder}/${name}`, LogGroupNames, QueryString: lines.join('\n') },
  });
  const groups = functions.map(({ FunctionName }) => `/aws/lambda/${FunctionName}`);
  return {
    ...Object.fromEntries(Object.entries(QUERIES).map(([id, each]) => [`${id}Query`, query(each, groups)])),
    ...(accessLogGroup && { AnswersByRouteQuery: query(ANSWERS, [accessLogGroup]) }),
  };
};
