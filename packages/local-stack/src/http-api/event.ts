import { isUtf8 } from 'node:buffer';
import type { Authorization } from './jwt-authorizer.ts';
import type { ApiRequest } from './request.ts';
import type { RouteMatch } from './routes.ts';

/** What the event says of the API rather than of the request. */
export interface EventScope {
  apiId: string;
  accountId: string;
  stage: string;
  requestId: string;
  traceId: string;
  /** Milliseconds since the Unix epoch. */
  now: number;
  /** Port at which the API is served. */
  port: number;
}

/**
 * The event of a Lambda proxy integration in payload format 2.0. What a request does not have is absent.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent(
  request: ApiRequest,
  body: Buffer,
  match: RouteMatch,
  authorization: Authorization | undefined,
  scope: EventScope,
) {
  const { headers, cookies, query, method, path, protocol, sourceIp } = request;
  const isText = isTextual(headers['content-type'], headers['content-encoding']) && isUtf8(body);
  const forwardedFor = headers['x-forwarded-for'];
  const domainName = (headers.host ?? 'localhost').replace(/:\d+$/, '');
  const { routeKey } = match.route;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: request.rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: {
      ...headers,
      'content-length': String(body.length),
      'x-amzn-trace-id': scope.traceId,
      'x-forwarded-for': forwardedFor === undefined ? sourceIp : `${forwardedFor}, ${sourceIp}`,
      'x-forwarded-port': String(scope.port),
      'x-forwarded-proto': 'http',
    },
    ...(Object.keys(query).length > 0 ? { queryStringParameters: query } : {}),
    requestContext: {
      accountId: scope.accountId,
      apiId: scope.apiId,
      ...(authorization === undefined ? {} : { authorizer: { jwt: authorization } }),
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: { method, path, protocol, sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId: scope.requestId,
      routeKey,
      stage: scope.stage,
      time: commonLogTime(scope.now),
      timeEpoch: scope.now,
    },
    ...(Object.keys(match.pathParameters).length > 0 ? { pathParameters: match.pathParameters } : {}),
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** HTTP APIs pass these as text; everything else, form data too, comes as base64. */
function isTextual(contentType: string | undefined, contentEncoding: string | undefined): boolean {
  if (contentEncoding !== undefined && contentEncoding !== 'identity') return false;
  const [mediaType = ''] = (contentType ?? '').toLowerCase().split(';');
  return /^(text\/.+|application\/(json|javascript|xml|.+\+json|.+\+xml))$/.test(mediaType.trim());
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** For example `12/Mar/2026:19:03:58 +0000`. */
export function commonLogTime(now: number): string {
  const date = new Date(now);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${day}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}
