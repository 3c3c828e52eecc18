import { UserId } from '#lib/posts/user-id.ts';
import type { GatewayEvent } from './gateway-event.ts';
import { Problem } from './problem.ts';
import type { Auth } from './route.ts';
import type { VerifyToken } from './token.ts';

const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

const unauthenticated = (cause?: unknown) =>
  new Problem('unauthenticated', { headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, cause });

const subjectOf = (claims: Record<string, unknown>): string => {
  const subject = UserId.safeParse(claims.sub);
  if (!subject.success) throw unauthenticated();
  return subject.data;
};

/**
 * The user who calls. Behind the JWT authorizer the claims are already verified; on an open route a token that
 * is there must be good, because a caller who shows a bad one would wonder where his drafts are.
 * @returns undefined for an anonymous caller
 * @throws {Problem} unauthenticated, identity-unavailable
 */
export const callerOf = async (
  event: GatewayEvent,
  kind: Auth['kind'],
  verifyToken: VerifyToken | undefined,
): Promise<string | undefined> => {
  if (kind === 'none') return undefined;
  if (kind === 'required') {
    const claims = event.requestContext.authorizer?.jwt?.claims;
    if (!claims) throw unauthenticated();
    return subjectOf(claims);
  }

  const { authorization } = event.headers;
  if (authorization === undefined) return undefined;
  if (!verifyToken) throw new Error('a route with optional authentication needs a token verifier');
  const token = BEARER.exec(authorization)?.[1];
  if (!token) throw unauthenticated();
  const verdict = await verifyToken(token);
  if (verdict.kind === 'unknown') {
    throw new Problem('identity-unavailable', { headers: { 'retry-after': '5' }, cause: verdict.cause });
  }
  if (verdict.kind === 'invalid') throw unauthenticated(verdict.cause);
  return subjectOf(verdict.claims);
};
