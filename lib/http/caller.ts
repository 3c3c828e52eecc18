import * as z from 'zod';
import { UserId } from '#lib/posts/post.ts';
import type { GatewayEvent } from './gateway-event.ts';
import { Problem } from './problem.ts';
import type { authOf } from './route.ts';

/** The claims of a good token. @throws {Problem} unauthenticated, identity-unavailable */
export type VerifyToken = (token: string) => Promise<Record<string, unknown>>;

export const unauthenticated = (cause?: unknown) =>
  new Problem('unauthenticated', { headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, cause });

// API Gateway hands every claim on as text, also a number.
const Subject = z.union([z.string(), z.number().transform(String)]).pipe(UserId);

const subjectOf = (claims: Record<string, unknown> | undefined): string => {
  const { success, data, error } = Subject.safeParse(claims?.sub);
  if (!success) throw unauthenticated(error);
  return data;
};

/**
 * The user who calls, undefined for an anonymous one. The JWT authorizer has verified its claims. On an open route a bad
 * token is refused, because its caller would miss their drafts without knowing why.
 * @throws {Problem} unauthenticated, identity-unavailable
 */
export const callerOf = async (
  { headers, requestContext }: GatewayEvent,
  auth: ReturnType<typeof authOf>,
  verifyToken: VerifyToken | undefined,
): Promise<string | undefined> => {
  if (auth === 'required') return subjectOf(requestContext.authorizer?.jwt?.claims);
  if (!verifyToken || headers.authorization === undefined) return undefined;
  // With or without its scheme, as the authorizer accepts it.
  const token = headers.authorization.replace(/^bearer\s+/i, '').trim();
  return subjectOf(await verifyToken(token));
};
