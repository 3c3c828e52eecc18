// Logs Insights queries, saved under <service>/<stage>/ in the console. Every log line of the service is one JSON
// object; the correlation id is the same from the API call to each subscriber.
const FIELDS = '@timestamp, service, level, message, change, version, correlationId, eventId, reason';

const QUERIES = {
  FollowOnePost: {
    name: 'follow one post',
    text: [
      `fields ${FIELDS}`,
      '# Put the id of the post between the quotes.',
      'filter postId = ""',
      'sort @timestamp asc',
      'limit 1000',
    ],
  },
  FollowOneRequest: {
    name: 'follow one request',
    text: [
      `fields ${FIELDS}, postId`,
      "# Put the answer's X-Correlation-Id between the quotes.",
      'filter correlationId = ""',
      'sort @timestamp asc',
      'limit 1000',
    ],
  },
  Failures: {
    name: 'failures by reason',
    text: [
      'filter level in ["ERROR", "WARN"]',
      'stats count(*) as times, latest(@timestamp) as last by service, message, reason, error.name, error.message',
      'sort times desc',
    ],
  },
  Invocations: {
    name: 'invocations by function',
    text: [
      'filter @type = "REPORT"',
      'stats count(*) as invocations, count(@initDuration) as coldStarts, max(@initDuration) as longestInit, ' +
        'pct(@duration, 50) as p50, pct(@duration, 99) as p99, max(@maxMemoryUsed / 1000000) as megabytes by @log',
    ],
  },
};

const API_QUERY = {
  name: 'answers by route',
  text: [
    'stats count(*) as answers, pct(responseLatency, 50) as p50, pct(responseLatency, 99) as p99 by routeKey, status',
    'sort answers desc',
  ],
};

const queryText = (lines) =>
  // A comment is a line of its own, everything else a stage of the pipe.
  lines.map((line, index) => (index === 0 || line.startsWith('#') ? line : `| ${line}`)).join('\n');

const queryDefinition = ({ name, text }, folder, logGroups) => ({
  Type: 'AWS::Logs::QueryDefinition',
  Properties: { Name: `${folder}/${name}`, LogGroupNames: logGroups, QueryString: queryText(text) },
});

/**
 * @param service what `describe` makes of the template
 * @param folder where the console shows the queries
 * @returns CloudFormation resources by logical id
 */
const logQueriesFor = ({ logGroups, accessLogGroup }, folder) => ({
  ...Object.fromEntries(
    Object.entries(QUERIES).map(([id, query]) => [`${id}Query`, queryDefinition(query, folder, logGroups)]),
  ),
  ...(accessLogGroup && { AnswersByRouteQuery: queryDefinition(API_QUERY, folder, [accessLogGroup]) }),
});

module.exports = { logQueriesFor };
