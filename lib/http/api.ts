import middy from '@middy/core';
import * as z from 'zod';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { observability } from '#lib/platform/observability.ts';
import type { GatewayEvent } from './gateway-event.ts';
import { parseRequest } from './parse-request.ts';
import { problemDetails } from './problem-details.ts';
import { requestLog } from './request-log.ts';
import type { Response } from './response.ts';
import { authOf, type Route } from './route.ts';
import { tokenVerifier } from './token-verifier.ts';

const TokenConfig = z.object({ TOKEN_ISSUER: z.url(), TOKEN_AUDIENCE: requiredText });

const configuredVerifier = () => {
  const { TOKEN_ISSUER, TOKEN_AUDIENCE } = readConfig(TokenConfig);
  return tokenVerifier(TOKEN_ISSUER, TOKEN_AUDIENCE);
};

/**
 * The Lambda handler of a route, for HTTP APIs with payload format 2.0.
 * @param handle gets what the route declares of the request; what it throws is answered with problem details
 * @throws {InvalidConfig} at start, when TOKEN_ISSUER or TOKEN_AUDIENCE is missing where tokens are optional
 */
export const api = <Request extends object>(
  route: Route<Request>,
  handle: (request: Request & { correlationId: string }) => Promise<Response>,
) => {
  const verifyToken = authOf(route) === 'optional' ? configuredVerifier() : undefined;
  return middy<GatewayEvent, Response>()
    .use(observability)
    .use(requestLog())
    .use(problemDetails())
    .handler<unknown>(async (event) => handle(await parseRequest(route, event, verifyToken)));
};
