import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Identity, serveIdentity } from '../../src/identity/index.ts';

let directory: string;
let identity: Identity;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'identity-'));
  identity = await serveIdentity({ directory, clientId: 'local-client' });
});
afterEach(async () => {
  await identity.close();
  await rm(directory, { recursive: true });
});

const post = (body: string, contentType = 'application/x-www-form-urlencoded') =>
  fetch(`${identity.issuer}/token`, { method: 'POST', body, headers: { 'content-type': contentType } });

test('a token verifies against the key set that the discovery document names', async () => {
  const discovery = await (await fetch(`${identity.issuer}/.well-known/openid-configuration`)).json();
  expect(discovery).toMatchObject({ issuer: identity.issuer, token_endpoint: `${identity.issuer}/token` });
  const { jwks_uri } = z.object({ jwks_uri: z.url() }).parse(discovery);
  const keys = createRemoteJWKSet(new URL(jwks_uri));
  const { payload, protectedHeader } = await jwtVerify(await identity.issueToken('ada'), keys, {
    issuer: identity.issuer,
    algorithms: ['RS256'],
  });
  expect(protectedHeader.kid).toEqual(expect.any(String));
  expect(payload).toMatchObject({
    sub: 'ada',
    username: 'ada',
    client_id: 'local-client',
    token_use: 'access',
    scope: 'openid',
    exp: Number(payload.iat) + 3600,
  });
  expect(payload.aud).toBeUndefined();
});

test('the key set shows nothing private', async () => {
  const response = await fetch(`${identity.issuer}/.well-known/jwks.json`);
  expect(await response.json()).toEqual({
    keys: [
      { kty: 'RSA', use: 'sig', alg: 'RS256', kid: expect.any(String), n: expect.any(String), e: 'AQAB' },
    ],
  });
});

test('lifetime, audience and scope can be chosen, and every token is another', async () => {
  const options = { expiresIn: -60, audience: 'api', scope: 'posts/write' };
  const token = await identity.issueToken('ada', options);
  const claims = decodeJwt(token);
  expect(claims).toMatchObject({ aud: 'api', scope: 'posts/write', exp: Number(claims.iat) - 60 });
  expect(await identity.issueToken('ada', options)).not.toBe(token);
});

test.each([
  ['a form', 'user=ada%40example.com&expiresIn=60', 'application/x-www-form-urlencoded'],
  ['JSON', '{"user":"ada@example.com","expiresIn":60}', 'application/json'],
])('POST /token takes %s', async (_name, body, contentType) => {
  const response = await post(body, contentType);
  expect(response.status).toBe(200);
  const answer = await response.json();
  expect(answer).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 60 });
  const { access_token } = z.object({ access_token: z.string() }).parse(answer);
  expect(decodeJwt(access_token)).toMatchObject({ sub: 'ada@example.com' });
});

test.each([
  '',
  'user=',
  'user=%20%20',
  '{',
  '{"user":5}',
  '{"user":"ada","expiresIn":"soon"}',
  `user=${'x'.repeat(200)}`,
])('POST /token refuses %j', async (body) => {
  const response = await post(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: 'invalid_request' });
});

test('other paths, methods and large bodies are refused', async () => {
  expect((await fetch(`${identity.issuer}/`)).status).toBe(404);
  expect((await fetch(`${identity.issuer}/token`)).status).toBe(405);
  expect((await post('x'.repeat(100_000))).status).toBe(413);
});

test('the key outlives a restart, and only its owner can read it', async () => {
  const { kid } = decodeProtectedHeader(await identity.issueToken('ada'));
  await identity.close();
  identity = await serveIdentity({ directory, clientId: 'local-client' });
  expect(decodeProtectedHeader(await identity.issueToken('ada')).kid).toBe(kid);
  const [file = ''] = await readdir(directory);
  expect((await stat(path.join(directory, file))).mode & 0o077).toBe(0);
  expect(JSON.parse(await readFile(path.join(directory, file), 'utf8')).kid).toBe(kid);
});

test('a broken key file is refused by name', async () => {
  await writeFile(path.join(directory, 'signing-key.json'), '{"kty":"oct"}');
  await expect(serveIdentity({ directory, clientId: 'local-client' })).rejects.toThrow(/signing-key\.json/);
});

test('it listens on the loopback address only, at the address it is told to name', async () => {
  await identity.close();
  identity = await serveIdentity({ directory, clientId: 'c', issuer: 'http://issuer.example' });
  expect(decodeJwt(await identity.issueToken('ada')).iss).toBe('http://issuer.example');
  expect((await fetch(`http://127.0.0.1:${identity.port}/.well-known/jwks.json`)).status).toBe(200);
});
