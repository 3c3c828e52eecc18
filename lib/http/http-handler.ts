import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Logger } from '#lib/platform/logger.ts';
import type * as z from '#lib/platform/zod.ts';
import { correlationIdOf, GatewayEvent } from './gateway-event.ts';
import { PROBLEMS, type Problem, problemDetails } from './problem.ts';
import { problemOf } from './problem-of.ts';
import type { Reply } from './reply.ts';
import { type Request, readRequest } from './request.ts';
import type { CallerSchema, Route } from './route.ts';
import type { VerifyToken } from './token.ts';

/** What the wrapper needs from the composition root. */
export interface HttpParts {
  log: Pick<Logger, 'addContext' | 'info' | 'error'>;
  /** For routes with optional authentication. */
  verifyToken?: VerifyToken;
}

const ofProblem = (problem: Problem, requestId: string): Reply => ({
  status: PROBLEMS[problem.problem].status,
  headers: {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...problem.particulars.headers,
  },
  body: problemDetails(problem, requestId),
});

const toResult = ({ status, headers, body }: Reply): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
  ...(body !== undefined && { body: JSON.stringify(body) }),
});

/**
 * Makes the Lambda handler of a route: parses the event at the border, lets `respond` answer, turns what is
 * thrown into problem details, and writes one log line per request. Tokens and content are never logged.
 * @returns a handler for API Gateway HTTP APIs, payload format 2.0
 */
export const httpHandler =
  <
    Params extends z.ZodMiniObject,
    Query extends z.ZodMiniObject,
    Headers extends z.ZodMiniObject,
    Body extends z.ZodMiniType,
    User extends CallerSchema,
  >(
    route: Route<Params, Query, Headers, Body, User>,
    { log, verifyToken }: HttpParts,
    respond: (request: Request<Params, Query, Headers, Body, User>) => Promise<Reply>,
  ) =>
  async (received: unknown, lambda: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    const started = performance.now();
    log.addContext(lambda);
    const event = GatewayEvent.parse(received);
    const { requestId } = event.requestContext;
    const ids: Record<string, unknown> = { requestId, correlationId: correlationIdOf(event) };

    const answer = async (): Promise<Reply> => {
      try {
        const request = await readRequest(route, event, lambda, verifyToken);
        Object.assign(ids, { caller: request.userId, ...request.params });
        return await respond(request);
      } catch (error) {
        const problem = problemOf(error);
        ids.problem = problem.problem;
        if (PROBLEMS[problem.problem].status >= 500)
          log.error('request failed', { ...ids, error: problem.cause });
        return ofProblem(problem, requestId);
      }
    };

    const reply = await answer();
    log.info('request', {
      method: event.requestContext.http.method,
      route: route.path,
      status: reply.status,
      latencyMs: Math.round(performance.now() - started),
      ...ids,
      ...(reply.headers.location && { location: reply.headers.location }),
    });
    return toResult({
      ...reply,
      headers: { ...reply.headers, 'x-request-id': requestId, 'x-correlation-id': correlationIdOf(event) },
    });
  };
