import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { callerOf, type VerifyToken } from '#lib/http/caller.ts';
import { GatewayEvent } from '#lib/http/gateway-event.ts';
import { Problem } from '#lib/http/problem.ts';
import { tokenVerifier } from '#lib/http/token-verifier.ts';

import { systemClock } from '#local/clock.ts';
import { createJwtAuthorizer, remoteKeys } from '#local/http-api/jwt-authorizer.ts';
import { type Identity, serveIdentity } from '#local/identity/index.ts';
import { gatewayEvent } from './requests.ts';

let directory: string;
let identity: Identity;
let another: Identity;
let kid: string;
let ownKey: CryptoKey | Uint8Array;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'token-'));
  identity = await serveIdentity({ directory: join(directory, 'a'), clientId: 'client' });
  another = await serveIdentity({ directory: join(directory, 'b'), clientId: 'client' });
  const header = (await identity.issueToken('ada')).split('.')[0] ?? '';
  ({ kid } = JSON.parse(Buffer.from(header, 'base64url').toString()));
  ownKey = await importJWK(
    JSON.parse(readFileSync(join(directory, 'a', 'signing-key.json'), 'utf8')),
    'RS256',
  );
});
afterAll(async () => {
  await Promise.all([identity.close(), another.close()]);
  rmSync(directory, { recursive: true });
});

/** The claims of a good token, with others besides or instead; one that is undefined is left out. */
const claims = (more: Record<string, unknown> = {}): JWTPayload => {
  const now = Math.floor(Date.now() / 1_000);
  return { iss: identity.issuer, sub: 'ada', client_id: 'client', iat: now, exp: now + 60, ...more };
};
const verify = (token: string) => tokenVerifier(identity.issuer, 'client')(token);

/** The claims of a token, or the problem it is. */
const verdictOf = (token: string, verifier: VerifyToken = verify) =>
  verifier(token).catch((error: unknown) => (error instanceof Problem ? error.problem : error));
/** What the JWT authorizer of the local API Gateway says. */
const authorizerSays = async (token: string) => {
  const definition = { issuer: identity.issuer, audience: ['client'] };
  const authorize = createJwtAuthorizer(definition, remoteKeys(identity.issuer), systemClock);
  return (await authorize({ headers: { authorization: token }, query: {} }, [])).kind;
};
/** A token of our issuer with any header and claims. */
const signed = (payload: JWTPayload, header: Record<string, unknown> = { kid }) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', ...header }).sign(ownKey);

test('a token of the issuer for this audience is good', async () => {
  expect(await verdictOf(await identity.issueToken('ada'))).toMatchObject({ sub: 'ada' });
  expect(await verdictOf(await signed(claims()))).toMatchObject({ sub: 'ada' });
  expect(await authorizerSays(await signed(claims()))).toBe('allowed');
});

test('`aud` counts before `client_id`, as in API Gateway', async () => {
  const both = { audience: 'client', clientId: 'another' };
  expect(await verdictOf(await identity.issueToken('ada', both))).toMatchObject({ sub: 'ada' });
  const wrong = { audience: 'another', clientId: 'client' };
  expect(await verdictOf(await identity.issueToken('ada', wrong))).toBe('unauthenticated');
});

test.each<[string, () => Promise<string> | string]>([
  ['expired', () => identity.issueToken('ada', { expiresIn: -1 })],
  ['for another audience', () => identity.issueToken('ada', { clientId: 'another' })],
  ['of another issuer', () => another.issueToken('ada')],
  ['unsigned (alg none)', () => new UnsecuredJWT(claims()).encode()],
  [
    "signed with another's key under our key's id",
    async () => {
      const { privateKey } = await generateKeyPair('RS256');
      return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    },
  ],
  [
    'signed with a key it brings along',
    async () => {
      const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
      const jwk = await exportJWK(publicKey);
      return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', jwk }).sign(privateKey);
    },
  ],
  [
    'signed with a shared secret made of the public key',
    async () => {
      const response = await fetch(`${identity.issuer}/.well-known/jwks.json`);
      const secret = new TextEncoder().encode(await response.text());
      return new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
    },
  ],
  [
    'changed after it was signed',
    async () => {
      const [header, , signature] = (await identity.issueToken('ada')).split('.');
      const body = Buffer.from(JSON.stringify(claims({ sub: 'eve' }))).toString('base64url');
      return `${header}.${body}.${signature}`;
    },
  ],
  ['issued in the future', () => signed(claims({ iat: Math.floor(Date.now() / 1_000) + 30 }))],
  ['not valid yet', () => signed(claims({ nbf: Math.floor(Date.now() / 1_000) + 30 }))],
  ['without the name of its key', () => signed(claims(), {})],
  ['without an end', () => signed(claims({ exp: undefined }))],
  ['no token at all', () => 'abc'],
])('a token that is %s is not', async (_, token) => {
  expect(await verdictOf(await token())).toBe('unauthenticated');
  expect(await authorizerSays(await token())).toBe('unauthorized');
});

test('a token that no key could have signed is refused without asking for keys', async () => {
  const away = tokenVerifier('http://127.0.0.1:1', 'client');
  for (const token of ['abc', new UnsecuredJWT(claims()).encode(), await signed(claims(), {})]) {
    expect(await verdictOf(token, away)).toBe('unauthenticated');
  }
  expect(await verdictOf(await identity.issueToken('ada'), away)).toBe('identity-unavailable');
});

test('keys are fetched once for many tokens, and again after a failure', async () => {
  let requests = 0;
  const counted = globalThis.fetch;
  let failing = true;
  globalThis.fetch = (...request) => {
    requests += 1;
    return failing ? Promise.reject(new TypeError('fetch failed')) : counted(...request);
  };
  try {
    const once = tokenVerifier(identity.issuer, 'client');
    const token = await identity.issueToken('ada');
    expect(await verdictOf(token, once)).toBe('identity-unavailable');
    failing = false;
    requests = 0;
    for (let round = 0; round < 10; round += 1)
      expect(await verdictOf(token, once)).toMatchObject({ sub: 'ada' });
    // Discovery and the key set.
    expect(requests).toBe(2);
  } finally {
    globalThis.fetch = counted;
  }
});

describe('the caller', () => {
  const open = async (sub: unknown, scheme = 'Bearer ') => {
    const token = await signed(claims({ sub }));
    const event = gatewayEvent('GET', '/posts', { headers: { authorization: `${scheme}${token}` } });
    return callerOf(GatewayEvent.parse(event), 'optional', verify);
  };
  const authorized = async (sub: string) =>
    callerOf(GatewayEvent.parse(gatewayEvent('GET', '/posts', { claims: { sub } })), 'required', undefined);

  test('is the subject of the token, with or without the scheme in front', async () => {
    for (const scheme of ['Bearer ', 'bearer  ', '']) expect(await open('ada', scheme)).toBe('ada');
    expect(await authorized('ada')).toBe('ada');
  });

  test('may be a number, which the authorizer hands on as text', async () => {
    expect(await open(42)).toBe('42');
    expect(await authorized('42')).toBe('42');
  });

  test.each(['', '.', '..', 'a\uFFFEb', '\uFFFF', 'a'.repeat(129)])('cannot be %j', async (sub) => {
    await expect(open(sub)).rejects.toMatchObject({ problem: 'unauthenticated' });
    await expect(authorized(sub)).rejects.toMatchObject({ problem: 'unauthenticated' });
  });
});
