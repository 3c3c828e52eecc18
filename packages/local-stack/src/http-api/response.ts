import { z } from 'zod';

/** What is sent to the client, before the gateway's own headers. */
export interface ApiResponse {
  status: number;
  /** Lower-cased names. */
  headers: Record<string, string | string[]>;
  body: Buffer;
}

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const proxyResponse = z.looseObject({
  statusCode: z.union([
    z.int().min(200).max(599),
    z
      .string()
      .regex(/^[2-5]\d\d$/)
      .transform(Number),
  ]),
  headers: z.record(z.string(), headerValue).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** The gateway sets these itself. */
const replacedHeaders = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
]);

/**
 * What a function's result is to the client, in payload format 2.0: a result with a status code is taken as the
 * response, any other is the JSON body of a 200.
 * @returns undefined for a malformed response, which the gateway answers with 500
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response
 */
export function interpretResult(payload: unknown): ApiResponse | undefined {
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload)) {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
  }
  const parsed = proxyResponse.safeParse(payload);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const own = Object.entries(headers ?? {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !replacedHeaders.has(name));
  return {
    status: statusCode,
    headers: {
      'content-type': 'text/plain;charset=utf-8',
      ...Object.fromEntries(own),
      ...(cookies && cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** What the gateway itself answers, in its words. */
export const gatewayMessages = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type GatewayStatus = keyof typeof gatewayMessages;

export function gatewayResponse(status: GatewayStatus, headers: Record<string, string> = {}): ApiResponse {
  const body = Buffer.from(JSON.stringify({ message: gatewayMessages[status] }));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}
