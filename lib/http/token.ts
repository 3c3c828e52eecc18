import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as z from '#lib/platform/zod.ts';

/** What can be said of a token: it is good, it is not, or the issuer's keys could not be had. */
export type Verdict =
  | { kind: 'valid'; claims: JWTPayload }
  | { kind: 'invalid'; cause: unknown }
  | { kind: 'unknown'; cause: unknown };
export type VerifyToken = (token: string) => Promise<Verdict>;

// API Gateway's JWT authorizer takes RSA signatures only; so do the open routes, for one and the same rule.
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];
const TIMEOUT_MS = 2_000;
const KEYS_ARE_GOOD_FOR_MS = 10 * 60 * 1_000;

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

const keysOf = async (issuer: string): Promise<JWTVerifyGetKey> => {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the issuer's configuration answers ${response.status}`);
  const { jwks_uri } = Discovery.parse(await response.json());
  return createRemoteJWKSet(new URL(jwks_uri), {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: KEYS_ARE_GOOD_FOR_MS,
  });
};

// Of an access token of Amazon Cognito, `client_id` is the audience; API Gateway looks at it when `aud` is absent.
const isFor = (audience: string, { aud, client_id }: JWTPayload): boolean =>
  aud === undefined ? client_id === audience : [aud].flat().includes(audience);

const isVerdictOnToken = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC';

/**
 * Verifies tokens as API Gateway's JWT authorizer does, for the routes that are open and have none in front.
 * Discovery and keys are fetched at the first token, then kept; a failed fetch is tried again at the next one.
 * @param issuer the `iss` of good tokens, under which OpenID Connect discovery is found
 * @param audience one of `aud`, or `client_id` in a token without `aud`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export const tokenVerifier = (issuer: string, audience: string): VerifyToken => {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const getKey: JWTVerifyGetKey = async (header, token) => {
    keys ??= keysOf(issuer);
    const find = await keys.catch((cause: unknown) => {
      keys = undefined;
      throw new Error('the keys of the token issuer cannot be had', { cause });
    });
    return find(header, token);
  };
  return async (token) => {
    try {
      // Keys are asked for only when the token is one that they could have signed.
      const { payload } = await jwtVerify(token, getKey, {
        issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
      });
      return isFor(audience, payload)
        ? { kind: 'valid', claims: payload }
        : { kind: 'invalid', cause: new Error('the token is for another audience') };
    } catch (cause) {
      return { kind: isVerdictOnToken(cause) ? 'invalid' : 'unknown', cause };
    }
  };
};
