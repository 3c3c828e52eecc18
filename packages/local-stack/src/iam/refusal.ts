import type { Answer } from '../engine-proxy/proxy.ts';
import type { Decision } from './evaluate.ts';
import type { Need, ServiceCall, ServiceName } from './operations/index.ts';

/** A call, or one part of it, that is not allowed. */
export interface Refusal {
  readonly service: ServiceName;
  /** The operation's name, for example `TransactWriteItems`. */
  readonly operation: string;
  readonly need: Need;
  readonly decision: Extract<Decision, { allowed: false }>;
  /** The ARN of the session that called. */
  readonly sessionArn: string;
}

/** How the services write their actions. */
const SPELLINGS: Readonly<Partial<Record<string, (action: string) => string>>> = {
  sqs: (action) => action.toLowerCase(),
  sns: (action) => action.replace('sns:', 'SNS:'),
};

const article = (kind: string): string => (kind.startsWith('i') ? `an ${kind}` : `a ${kind}`);

/**
 * The response to the caller.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export const messageOf = ({ service, need, decision, sessionArn }: Refusal): string => {
  const action = SPELLINGS[need.action.split(':')[0] ?? '']?.(need.action) ?? need.action;
  const resource = service === 's3' ? `"${need.resource}"` : need.resource;
  const reason = decision.deniedBy
    ? `with an explicit deny in ${article(decision.because)}`
    : `because no ${decision.because} allows the ${action} action`;
  const unknown =
    decision.unknown.length > 0 ? ` (the local stack cannot judge ${decision.unknown.join(', ')})` : '';
  return `User: ${sessionArn} is not authorized to perform: ${action} on resource: ${resource} ${reason}${unknown}`;
};

const json = (
  statusCode: number,
  type: string,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Answer => ({
  statusCode,
  headers: { 'content-type': type, 'x-amzn-requestid': 'local', ...headers },
  responseBody: Buffer.from(JSON.stringify(body)),
});

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const xml = (body: string): Answer => ({
  statusCode: 403,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': 'local' },
  responseBody: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`),
});

const queryError = (namespace: string, code: string, message: string): Answer =>
  xml(
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code>` +
      `<Message>${escaped(message)}</Message></Error><RequestId>local</RequestId></ErrorResponse>`,
  );

const SQS_JSON = 'application/x-amz-json-1.0';
const CORAL = 'com.amazon.coral.service#AccessDeniedException';

/** The answer in the service's own form: status, code and message. */
export const answerOf = (refusal: Refusal, call: ServiceCall): Answer => {
  const message = messageOf(refusal);
  switch (refusal.service) {
    case 'dynamodb':
      return json(400, 'application/x-amz-json-1.0', { __type: CORAL, Message: message });
    case 'secretsmanager':
    case 'events':
      return json(400, 'application/x-amz-json-1.1', { __type: 'AccessDeniedException', Message: message });
    case 'lambda':
      return json(
        403,
        'application/json',
        { Message: message },
        { 'x-amzn-errortype': 'AccessDeniedException' },
      );
    case 'sqs': {
      if (call.headers['x-amz-target'] === undefined)
        return queryError('http://queue.amazonaws.com/doc/2012-11-05/', 'AccessDenied', message);
      return json(
        403,
        SQS_JSON,
        { __type: CORAL, Message: message },
        { 'x-amzn-query-error': 'AccessDenied;Sender' },
      );
    }
    case 'sns':
      return queryError('http://sns.amazonaws.com/doc/2010-03-31/', 'AuthorizationError', message);
    case 's3': {
      const answer = xml(
        `<Error><Code>AccessDenied</Code><Message>${escaped(message)}</Message>` +
          '<RequestId>local</RequestId><HostId>local</HostId></Error>',
      );
      return call.method === 'HEAD' ? { ...answer, responseBody: Buffer.alloc(0) } : answer;
    }
  }
};
