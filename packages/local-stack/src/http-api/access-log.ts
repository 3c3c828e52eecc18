/** Values of the `$context` variables of one request, without the prefix. */
export type AccessLogContext = Readonly<Record<string, string | number | undefined>>;

const usualVariables = [
  'requestId',
  'identity.sourceIp',
  'requestTime',
  'httpMethod',
  'path',
  'routeKey',
  'status',
  'protocol',
  'responseLength',
  'responseLatency',
  'integrationLatency',
  'integrationErrorMessage',
  'authorizer.error',
];

/**
 * One line of the access log in a stage's format; a variable without a value is `-`. Values are escaped for the
 * JSON that the format usually is.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export function accessLogLine(format: string | undefined, context: AccessLogContext): string {
  if (format === undefined) {
    const named = usualVariables.map((name) => [name.replace('identity.', ''), context[name]] as const);
    return JSON.stringify(Object.fromEntries(named.filter(([, value]) => value !== undefined)));
  }
  return format.replaceAll(/\$context\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_:-]+)*)/g, (_variable, name: string) =>
    JSON.stringify(String(context[name] ?? '-')).slice(1, -1),
  );
}
