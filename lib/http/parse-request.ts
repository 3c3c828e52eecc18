import { logger } from '#lib/platform/logger.ts';
import { callerOf, type VerifyToken } from './caller.ts';
import { fieldErrors, messageOf } from './field-errors.ts';
import { correlationIdOf, type GatewayEvent } from './gateway-event.ts';
import { readJsonBody } from './json-body.ts';
import { type FieldError, Problem } from './problem.ts';
import { authOf, type Route } from './route.ts';

/** Query parameters that the route does not take, and those that are given twice: the gateway joins them by commas. */
const queryErrors = ({ request }: Route, { rawQueryString }: GatewayEvent): FieldError[] => {
  const given = new URLSearchParams(rawQueryString);
  return [...new Set(given.keys())].flatMap((parameter) => {
    if (!request.shape.query) return [{ detail: 'is not known here', parameter }];
    return given.getAll(parameter).length > 1 ? [{ detail: 'must be given once', parameter }] : [];
  });
};

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
