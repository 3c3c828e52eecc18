import type * as z from 'zod';
import { logger } from '#lib/platform/logger.ts';
import { callerOf, type VerifyToken } from './caller.ts';
import { correlationIdOf, type GatewayEvent } from './gateway-event.ts';
import { readJsonBody } from './json-body.ts';
import { type FieldError, Problem } from './problem.ts';
import { authOf, type Route } from './route.ts';

/**
 * Parses an event by what its route declares.
 * @throws {Problem} unauthenticated, identity-unavailable, body-too-large, unsupported-media-type,
 * malformed-body, or invalid-request with an entry for every invalid part
 */
export const parseRequest = async <Request extends object>(
  route: Route<Request>,
  event: GatewayEvent,
  verifyToken?: VerifyToken,
): Promise<Request & { correlationId: string }> => {
  const userId = await callerOf(event, authOf(route), verifyToken);
  const { pathParameters: params, queryStringParameters: query, headers } = event;
  const body = route.request.shape.body && readJsonBody(event, route.mediaTypes);

  const { data, error } = route.request.safeParse(
    { userId, params, query, headers, body },
    { error: messageOf },
  );
  const errors = [...queryErrors(route, event), ...fieldErrors(error?.issues ?? [])];
  if (!data || errors.length > 0) throw new Problem('invalid-request', { errors });
  logger.appendKeys({ ...params, caller: userId });
  return { ...data, correlationId: correlationIdOf(event) };
};

/** Query parameters that the route does not take, and repeated ones, which the gateway joins by commas. */
const queryErrors = ({ request }: Route, { rawQueryString }: GatewayEvent): FieldError[] => {
  const given = new URLSearchParams(rawQueryString);
  return [...new Set(given.keys())].flatMap((parameter) => {
    if (!request.shape.query) return [{ detail: 'is not known here', parameter }];
    return given.getAll(parameter).length > 1 ? [{ detail: 'must be given once', parameter }] : [];
  });
};

// Names of unknown fields are the caller's text: the response must not be many times the size of the body.
const MAX_ERRORS = 50;

/** One entry for each invalid part of a request. The issues' paths begin with the part. */
export const fieldErrors = (issues: readonly z.core.$ZodIssue[]): FieldError[] =>
  issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ detail: 'is not known here', ...placeOf([...issue.path, key]) }))
        : [{ detail: issue.message, ...placeOf(issue.path) }],
    )
    .slice(0, MAX_ERRORS);

const placeOf = ([part, ...path]: readonly PropertyKey[]): Omit<FieldError, 'detail'> => {
  if (part === 'body') return { pointer: ['#', ...path.map(tokenOf)].join('/') };
  const name = String(path[0]);
  return part === 'headers' ? { header: name } : { parameter: name };
};

/** A token of a JSON Pointer in its URI fragment form (RFC 6901, section 6). */
const tokenOf = (key: PropertyKey): string =>
  encodeURIComponent(String(key).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'));

/** When the schema has no message of its own. */
const messageOf: z.core.$ZodErrorMap = ({ input, code }) =>
  input === undefined && code !== 'unrecognized_keys' ? 'is required' : undefined;
