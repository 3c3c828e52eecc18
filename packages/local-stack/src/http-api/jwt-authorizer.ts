import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { JwtAuthorizerDefinition } from './definition.ts';

/** What a function learns of a token that was accepted. */
export interface Authorization {
  /** Every value is a string, as API Gateway passes them. */
  claims: Record<string, string>;
  /** Null when the route asks for none. */
  scopes: string[] | null;
}

export type AuthorizationResult =
  | { kind: 'allowed'; authorization: Authorization }
  /** 401. */
  | { kind: 'unauthorized'; reason: string; wwwAuthenticate: string }
  /** 403: the token is good but lacks the scope. */
  | { kind: 'forbidden'; reason: string; wwwAuthenticate: string }
  /** 500: the issuer's keys could not be had. */
  | { kind: 'failed'; reason: string };

/** The part of a request that identity sources can name. */
export interface IdentitySources {
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
}

/** API Gateway supports RSA signatures only; `none` and HMAC with the public key as secret fall with that. */
const algorithms = ['RS256', 'RS384', 'RS512'];

/** API Gateway waits this long for an issuer, and keeps its keys for two hours. */
const issuerTimeoutMilliseconds = 1500;
const keysMaxAgeMilliseconds = 2 * 3_600_000;

/**
 * Verifies tokens as API Gateway's JWT authorizer does: signature by the issuer's keys (the token must name
 * one), issuer, audience (`client_id` only when there is no `aud`), the three times, and the route's scopes.
 * @throws Error for an identity source that is not one
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function createJwtAuthorizer(
  definition: JwtAuthorizerDefinition,
  keys: JWTVerifyGetKey,
  clock: Clock,
): (sources: IdentitySources, requiredScopes: readonly string[]) => Promise<AuthorizationResult> {
  const { issuer, audience, identitySource = ['$request.header.Authorization'] } = definition;
  const readers = identitySource.map(parseIdentitySource);
  return async (sources, requiredScopes) => {
    const token = findToken(sources, readers);
    if (token === undefined) {
      return { kind: 'unauthorized', reason: 'no token', wwwAuthenticate: 'Bearer' };
    }
    let payload: JWTPayload;
    try {
      const currentDate = new Date(clock.now());
      const verified = await jwtVerify(token, keys, {
        algorithms,
        issuer,
        currentDate,
        requiredClaims: ['exp'],
      });
      if (verified.protectedHeader.kid === undefined) return refuse('the token does not name its key');
      payload = verified.payload;
    } catch (error) {
      const reason = refusalOf(error);
      return reason === undefined ? { kind: 'failed', reason: String(error) } : refuse(reason);
    }
    if (typeof payload.iat === 'number' && payload.iat > clock.now() / 1000) {
      return refuse('the token is issued in the future');
    }
    if (!hasAudience(payload, audience)) return refuse('the token does not have a valid audience');
    const scopes = scopesOf(payload);
    if (requiredScopes.length > 0 && !requiredScopes.some((scope) => scopes.includes(scope))) {
      const wwwAuthenticate = `Bearer scope="${requiredScopes.join(' ')}" error="insufficient_scope"`;
      return { kind: 'forbidden', reason: 'insufficient scope', wwwAuthenticate };
    }
    const claims = Object.fromEntries(
      Object.entries(payload).map(([name, value]) => [name, claimText(value)] as const),
    );
    return {
      kind: 'allowed',
      authorization: { claims, scopes: requiredScopes.length > 0 ? scopes : null },
    };
  };

  function refuse(reason: string): AuthorizationResult {
    const wwwAuthenticate = `Bearer scope="" error="invalid_token" error_description="${reason}"`;
    return { kind: 'unauthorized', reason, wwwAuthenticate };
  }
}

/** The keys of an issuer, found through its OpenID discovery document when the first token comes. */
export function remoteKeys(issuer: string): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    keys ??= discover(issuer);
    const getKey = await keys.catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return getKey(header, token);
  };
}

const discoveryDocument = z.object({ jwks_uri: z.url() });

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(issuerTimeoutMilliseconds) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const { jwks_uri } = discoveryDocument.parse(await response.json());
  return createRemoteJWKSet(new URL(jwks_uri), {
    timeoutDuration: issuerTimeoutMilliseconds,
    cacheMaxAge: keysMaxAgeMilliseconds,
  });
}

type ReadSource = (sources: IdentitySources) => string | undefined;

function parseIdentitySource(source: string): ReadSource {
  const [, kind, name = ''] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (kind === 'header') return ({ headers }) => headers[name.toLowerCase()];
  if (kind === 'querystring') return ({ query }) => query[name];
  throw new Error(`Not an identity source of a JWT authorizer: ${source}`);
}

function findToken(sources: IdentitySources, readers: readonly ReadSource[]): string | undefined {
  for (const read of readers) {
    const token = read(sources)
      ?.replace(/^bearer\s+/i, '')
      .trim();
    if (token) return token;
  }
  return undefined;
}

/** Why a token is refused; undefined when it is not the token that failed. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'the token does not have a valid issuer';
    if (error.claim === 'nbf') return 'the token is not valid yet';
    return `the token does not have a valid ${error.claim}`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'signing method is invalid';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'the token does not name a key of the issuer';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the token has an invalid signature';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return 'the token is malformed';
  if (error instanceof errors.JOSENotSupported) return 'the token is not supported';
  return undefined;
}

function hasAudience(payload: JWTPayload, audience: readonly string[]): boolean {
  const claimed = payload.aud ?? payload.client_id;
  return [claimed].flat().some((value) => typeof value === 'string' && audience.includes(value));
}

/** Scopes come as one text with spaces or as a list, in `scope` or `scp`. */
function scopesOf(payload: JWTPayload): string[] {
  const claim = payload.scope ?? payload.scp;
  if (typeof claim === 'string') return claim.split(' ').filter((scope) => scope !== '');
  return Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : [];
}

/** Lists and objects come in Go's notation: a Cognito group list arrives as `[admin editor]`. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return value === null ? '<nil>' : String(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${members.map(([name, member]) => `${name}:${claimText(member)}`).join(' ')}]`;
}
