import type { CorsConfiguration } from './definition.ts';
import type { ApiResponse } from './response.ts';

type Headers = Readonly<Record<string, string>>;

/** A preflight request, which the gateway answers itself. */
export const isPreflight = (method: string, headers: Headers): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

/**
 * The answer to a preflight request: 204, with the configured headers when the origin is allowed.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function preflightResponse(cors: CorsConfiguration, origin: string): ApiResponse {
  const allowed = originHeaders(cors, origin);
  if (allowed === undefined) return { status: 204, headers: {}, body: Buffer.alloc(0) };
  const { allowMethods = [], allowHeaders = [], maxAge } = cors;
  const headers = {
    ...allowed,
    ...(allowMethods.length > 0 ? { 'access-control-allow-methods': allowMethods.join(',') } : {}),
    ...(allowHeaders.length > 0 ? { 'access-control-allow-headers': allowHeaders.join(',') } : {}),
    ...(maxAge === undefined ? {} : { 'access-control-max-age': String(maxAge) }),
  };
  return { status: 204, headers, body: Buffer.alloc(0) };
}

/** With cross-origin rules of its own, the gateway ignores those of the function. */
export function withCors(
  cors: CorsConfiguration,
  origin: string | undefined,
  response: ApiResponse,
): ApiResponse {
  const own = Object.entries(response.headers).filter(([name]) => !name.startsWith('access-control-'));
  const allowed = origin === undefined ? undefined : originHeaders(cors, origin);
  return { ...response, headers: { ...Object.fromEntries(own), ...allowed } };
}

function originHeaders(cors: CorsConfiguration, origin: string): Record<string, string> | undefined {
  const allowed = allowedOrigin(cors.allowOrigins ?? [], origin);
  if (allowed === undefined) return undefined;
  const { exposeHeaders = [], allowCredentials = false } = cors;
  return {
    'access-control-allow-origin': allowed,
    ...(allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(exposeHeaders.length > 0 ? { 'access-control-expose-headers': exposeHeaders.join(',') } : {}),
  };
}

function allowedOrigin(allowOrigins: readonly string[], origin: string): string | undefined {
  if (allowOrigins.includes('*')) return '*';
  const matches = (allowed: string) =>
    allowed === origin ||
    ((allowed === 'https://*' || allowed === 'http://*') && origin.startsWith(allowed.slice(0, -1)));
  return allowOrigins.some(matches) ? origin : undefined;
}
