import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as z from 'zod';
import { once } from '#lib/platform/once.ts';
import { unauthenticated, type VerifyToken } from './caller.ts';
import { Problem } from './problem.ts';

// API Gateway's JWT authorizer accepts RSA signatures only; open routes follow the same rule.
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];
const TIMEOUT_MS = 2_000;
const MAX_KEY_AGE_MS = 10 * 60 * 1_000;

const discoverKeys = async (issuer: string): Promise<JWTVerifyGetKey> => {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the issuer's configuration answers ${response.status}`);
  const { jwks_uri } = z.object({ jwks_uri: z.url() }).parse(await response.json());
  return createRemoteJWKSet(new URL(jwks_uri), {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: MAX_KEY_AGE_MS,
  });
};

// Amazon Cognito's access tokens have no `aud`.
const isFor = (audience: string, { aud, client_id }: JWTPayload): boolean =>
  [aud ?? client_id].flat().includes(audience);

/** Whether the token failed, rather than fetching the issuer's keys. */
const isVerdictOnToken = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC';

/**
 * Verifies tokens as API Gateway's JWT authorizer does, for open routes.
 * @param issuer `iss`, under which OpenID Connect discovery is found; its keys are fetched with the first token
 * @param audience one of `aud`, or `client_id` in a token without `aud`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export const tokenVerifier = (issuer: string, audience: string): VerifyToken => {
  const keys = once(() => discoverKeys(issuer));
  const getKey: JWTVerifyGetKey = async (header, token) => {
    if (header.kid === undefined) throw new errors.JWSInvalid('the token does not name its key');
    const find = await keys().catch((cause: unknown) => {
      throw new Error('the keys of the token issuer cannot be had', { cause });
    });
    return find(header, token);
  };
  const verify = async (token: string): Promise<JWTPayload> => {
    const { payload } = await jwtVerify(token, getKey, {
      issuer,
      algorithms: ALGORITHMS,
      requiredClaims: ['sub', 'exp'],
    });
    if (!isFor(audience, payload)) throw new errors.JWTInvalid('the token is for another audience');
    if ((payload.iat ?? 0) > Date.now() / 1_000)
      throw new errors.JWTInvalid('the token is issued in the future');
    return payload;
  };
  return (token) =>
    verify(token).catch((error: unknown) => {
      throw isVerdictOnToken(error)
        ? unauthenticated(error)
        : new Problem('identity-unavailable', { cause: error });
    });
};
