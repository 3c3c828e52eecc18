import type { Context } from 'aws-lambda';
import type * as z from '#lib/platform/zod.ts';
import { callerOf } from './caller.ts';
import { type Checked, check } from './field-errors.ts';
import { correlationIdOf, type GatewayEvent } from './gateway-event.ts';
import { readJsonBody } from './json-body.ts';
import { Problem } from './problem.ts';
import type { FieldError } from './problem-details.ts';
import type { CallerSchema, Route } from './route.ts';
import type { VerifyToken } from './token.ts';

/** A request that fits its route. */
export interface Request<
  Params extends z.ZodMiniObject,
  Query extends z.ZodMiniObject,
  Headers extends z.ZodMiniObject,
  Body extends z.ZodMiniType,
  User extends CallerSchema,
> {
  params: z.output<Params>;
  query: z.output<Query>;
  headers: z.output<Headers>;
  body: z.output<Body>;
  /** The caller: the subject of his token. */
  userId: z.output<User>;
  correlationId: string;
  /** As sent; a route's own method except for `ANY`. */
  method: string;
  /** As sent, without the query. */
  path: string;
  /** Of the invocation: what is left of its time, for one. */
  lambda: Context;
}

// API Gateway joins repeated parameters with commas, which then look like one value with a comma in it.
const repeatedParameters = ({ rawQueryString }: GatewayEvent, query: z.ZodMiniObject): FieldError[] => {
  const given = new URLSearchParams(rawQueryString);
  return Object.keys(query.shape)
    .filter((parameter) => given.getAll(parameter).length > 1)
    .map((parameter) => ({ detail: 'must be given once', parameter }));
};

const errorsOf = (checked: Checked<unknown>): FieldError[] => (checked.ok ? [] : checked.errors);

/**
 * Parses an event by what its route declares.
 * @throws {Problem} unauthenticated, identity-unavailable, body-too-large, unsupported-media-type,
 * malformed-body, or invalid-request with an entry for every invalid part
 */
export const readRequest = async <
  Params extends z.ZodMiniObject,
  Query extends z.ZodMiniObject,
  Headers extends z.ZodMiniObject,
  Body extends z.ZodMiniType,
  User extends CallerSchema,
>(
  route: Route<Params, Query, Headers, Body, User>,
  event: GatewayEvent,
  lambda: Context,
  verifyToken: VerifyToken | undefined,
): Promise<Request<Params, Query, Headers, Body, User>> => {
  const caller = await callerOf(event, route.auth.kind, verifyToken);
  const json = route.mediaTypes.length > 0 ? readJsonBody(event, route.mediaTypes) : undefined;

  const userId = check('parameter', route.auth.user, caller);
  const params = check('parameter', route.params, event.pathParameters);
  const query = check('parameter', route.query, event.queryStringParameters);
  const headers = check('header', route.headers, event.headers);
  const body = check('body', route.body, json);
  const repeated = repeatedParameters(event, route.query);
  if (userId.ok && params.ok && query.ok && headers.ok && body.ok && repeated.length === 0) {
    return {
      params: params.value,
      query: query.value,
      headers: headers.value,
      body: body.value,
      userId: userId.value,
      correlationId: correlationIdOf(event),
      method: event.requestContext.http.method,
      path: event.rawPath,
      lambda,
    };
  }
  throw new Problem('invalid-request', {
    errors: [...repeated, ...[userId, params, query, headers, body].flatMap(errorsOf)],
  });
};
