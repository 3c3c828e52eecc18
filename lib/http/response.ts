import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Header names are lower case. */
export type Response = APIGatewayProxyStructuredResultV2 & { headers: Record<string, string> };

export const json = (statusCode: number, body: unknown, headers: Record<string, string>): Response => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export const empty = (statusCode: number, headers: Record<string, string> = {}): Response => ({
  statusCode,
  headers,
});
