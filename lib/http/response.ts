import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** What a handler answers with, in payload format 2.0. Header names are lower case. */
export type Response = APIGatewayProxyStructuredResultV2 & { headers: Record<string, string> };

/** An answer with a JSON body. Fields that are undefined are left out of it. */
export const json = (statusCode: number, body: unknown, headers: Record<string, string>): Response => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** An answer without a body. */
export const empty = (statusCode: number, headers: Record<string, string> = {}): Response => ({
  statusCode,
  headers,
});
