import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { tokenVerifier, type Verdict } from '#lib/http/token.ts';
import { type Identity, serveIdentity } from '#local/identity/index.ts';

let directory: string;
let identity: Identity;
let another: Identity;
let kid: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'token-'));
  identity = await serveIdentity({ directory: join(directory, 'a'), clientId: 'client' });
  another = await serveIdentity({ directory: join(directory, 'b'), clientId: 'client' });
  const header = (await identity.issueToken('ada')).split('.')[0] ?? '';
  ({ kid } = JSON.parse(Buffer.from(header, 'base64url').toString()));
});
afterAll(async () => {
  await Promise.all([identity.close(), another.close()]);
  rmSync(directory, { recursive: true });
});

const claims = (more: JWTPayload = {}): JWTPayload => {
  const now = Math.floor(Date.now() / 1_000);
  return { iss: identity.issuer, sub: 'ada', client_id: 'client', iat: now, exp: now + 60, ...more };
};
const verify = (token: string): Promise<Verdict> => tokenVerifier(identity.issuer, 'client')(token);

test('a token of the issuer for this audience is good', async () => {
  const verdict = await verify(await identity.issueToken('ada'));
  expect(verdict).toMatchObject({ kind: 'valid', claims: { sub: 'ada' } });
});

test('`aud` counts before `client_id`, as in API Gateway', async () => {
  const both = { audience: 'client', clientId: 'another' };
  expect((await verify(await identity.issueToken('ada', both))).kind).toBe('valid');
  const wrong = { audience: 'another', clientId: 'client' };
  expect((await verify(await identity.issueToken('ada', wrong))).kind).toBe('invalid');
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
  ['no token at all', () => 'abc'],
])('a token that is %s is not', async (_, token) => {
  expect((await verify(await token())).kind).toBe('invalid');
});

test('a token that no key could have signed is refused without asking for keys', async () => {
  const away = tokenVerifier('http://127.0.0.1:1', 'client');
  for (const token of ['abc', new UnsecuredJWT(claims()).encode()]) {
    expect((await away(token)).kind).toBe('invalid');
  }
  expect((await away(await identity.issueToken('ada'))).kind).toBe('unknown');
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
    expect((await once(token)).kind).toBe('unknown');
    failing = false;
    requests = 0;
    for (let round = 0; round < 10; round += 1) expect((await once(token)).kind).toBe('valid');
    // Discovery and the key set.
    expect(requests).toBe(2);
  } finally {
    globalThis.fetch = counted;
  }
});
