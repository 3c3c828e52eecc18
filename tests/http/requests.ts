import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

/** A request to a route, as a client would put it. */
export interface TestRequest {
  params?: Record<string, string>;
  /** A text to have it as it is, in order and with repetitions; an object otherwise. */
  query?: Record<string, string> | string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  rawBody?: string;
  isBase64Encoded?: boolean;
  /** The verified claims that API Gateway's authorizer hands on. */
  claims?: Record<string, unknown>;
  path?: string;
  method?: string;
}

/** An API Gateway event in payload format 2.0. Repeated query parameters come joined with commas, as there. */
export const gatewayEvent = (method: string, path: string, request: TestRequest): Record<string, unknown> => {
  const { params, query = {}, headers = {}, body, rawBody, claims } = request;
  const rawQueryString = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  const given = new URLSearchParams(rawQueryString);
  const joined = Object.fromEntries([...given.keys()].map((name) => [name, given.getAll(name).join(',')]));
  const text = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath:
      request.path ??
      path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params?.[name] ?? '')),
    rawQueryString,
    headers: {
      host: 'api.example.com',
      ...(text !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(rawQueryString && { queryStringParameters: joined }),
    ...(params && { pathParameters: params }),
    ...(text !== undefined && { body: text }),
    isBase64Encoded: request.isBase64Encoded ?? false,
    requestContext: {
      accountId: '123456789012',
      apiId: 'api-id',
      http: {
        method: request.method ?? method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: 'jest',
      },
      requestId: randomUUID(),
      stage: '$default',
      ...(claims && { authorizer: { jwt: { claims, scopes: null } } }),
    },
  };
};

/** What Lambda hands a function along with the event. */
export const lambdaContext = (): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'function',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:function',
  memoryLimitInMB: '256',
  awsRequestId: randomUUID(),
  logGroupName: 'log-group',
  logStreamName: 'log-stream',
  getRemainingTimeInMillis: () => 10_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
});
