import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import {
  base64url,
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { closeServer, listenOnLoopback } from '../../src/loopback-server.ts';
import { closeApis, send, startApi, type TestApi } from './api.ts';

const issuer = 'https://issuer.example/pool';
const authorizer = { issuer, audience: ['client-1', 'client-2'] };
const now = 1_800_000_000;
const clock = { now: () => now * 1000 + 500, sleep: () => new Promise<void>(() => {}) };

const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
const other = await generateKeyPair('RS256');
const elliptic = await generateKeyPair('ES256', { extractable: true });
const keySet = {
  keys: [
    { ...(await exportJWK(publicKey)), kid: 'key-1', use: 'sig' },
    { ...(await exportJWK(elliptic.publicKey)), kid: 'key-ec', use: 'sig' },
  ],
};

const goodClaims: JWTPayload = {
  sub: 'ada',
  iss: issuer,
  client_id: 'client-1',
  scope: 'posts/read posts/write',
  iat: now - 10,
  exp: now + 60,
};
/** A token like a good one but for what is given; `undefined` leaves a member out. */
const tokenWith = (
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: CryptoKey = privateKey,
): Promise<string> => {
  const payload: JWTPayload = JSON.parse(JSON.stringify({ ...goodClaims, ...claims }));
  const protectedHeader: JWTHeaderParameters = JSON.parse(
    JSON.stringify({ alg: 'RS256', kid: 'key-1', ...header }),
  );
  return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key);
};

let api: TestApi;
beforeEach(async () => {
  api = await startApi(
    [
      { routeKey: 'GET /private', functionName: 'private', authorizer },
      {
        routeKey: 'GET /scoped',
        functionName: 'scoped',
        authorizer,
        authorizationScopes: ['admin', 'posts/write'],
      },
      { routeKey: 'GET /admin', functionName: 'admin', authorizer, authorizationScopes: ['admin'] },
      {
        routeKey: 'GET /by-query',
        functionName: 'by-query',
        authorizer: {
          ...authorizer,
          identitySource: ['$request.querystring.token', '$request.header.X-Token'],
        },
      },
      { routeKey: 'GET /open', functionName: 'open' },
      { routeKey: 'ANY /any', functionName: 'any', authorizer },
    ],
    { options: { clock, keysOf: () => createLocalJWKSet(keySet) }, api: { cors: { allowOrigins: ['*'] } } },
  );
});
afterEach(closeApis);

const call = (token: string | undefined, path = '/private') =>
  send(api, path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

describe('tokens that are accepted', () => {
  test('the function gets the claims as strings, and no scopes when the route asks for none', async () => {
    const token = await tokenWith({
      'cognito:groups': ['admin', 'editor'],
      email_verified: true,
      address: { country: 'UK' },
    });
    expect(await call(token)).toMatchObject({ status: 200 });
    expect(api.events[0]?.requestContext).toMatchObject({
      authorizer: {
        jwt: {
          claims: {
            sub: 'ada',
            iss: issuer,
            client_id: 'client-1',
            scope: 'posts/read posts/write',
            iat: String(now - 10),
            exp: String(now + 60),
            'cognito:groups': '[admin editor]',
            email_verified: 'true',
            address: 'map[country:UK]',
          },
          scopes: null,
        },
      },
    });
  });

  test('a route with scopes passes those of the token', async () => {
    expect(await call(await tokenWith(), '/scoped')).toMatchObject({ status: 200 });
    expect(api.events[0]?.requestContext).toMatchObject({
      authorizer: { jwt: { scopes: ['posts/read', 'posts/write'] } },
    });
  });

  test.each([
    ['without Bearer', (token: string) => token],
    ['with bearer in lower case', (token: string) => `bearer ${token}`],
    ['with spaces around', (token: string) => `Bearer   ${token}  `],
  ])('%s', async (_name, header) => {
    const headers = { authorization: header(await tokenWith()) };
    expect(await send(api, '/private', { headers })).toMatchObject({ status: 200 });
  });

  test('from another identity source, the first that is there', async () => {
    const token = await tokenWith();
    expect(await send(api, `/by-query?token=${token}`)).toMatchObject({ status: 200 });
    expect(await send(api, '/by-query', { headers: { 'x-token': token } })).toMatchObject({ status: 200 });
    expect(await call(token, '/by-query')).toMatchObject({ status: 401 });
  });

  test.each([
    ['aud', { aud: 'client-2', client_id: undefined }],
    ['one of several aud', { aud: ['elsewhere', 'client-2'] }],
    ['client_id', {}],
    ['scp instead of scope', { scope: undefined, scp: ['posts/write'] }],
    ['no iat', { iat: undefined }],
    ['nbf just now', { nbf: now }],
  ])('%s', async (_name, claims) => {
    expect(await call(await tokenWith(claims), '/scoped')).toMatchObject({ status: 200 });
  });

  test.each(['RS384', 'RS512'])('%s', async (alg) => {
    const pair = await generateKeyPair(alg);
    const set = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg }] });
    api = await startApi([{ routeKey: 'GET /private', functionName: 'private', authorizer }], {
      options: { clock, keysOf: () => set },
    });
    expect(await call(await tokenWith({}, { alg, kid: 'k' }, pair.privateKey))).toMatchObject({
      status: 200,
    });
  });
});

describe('tokens that are refused', () => {
  const unsigned = (header: object, signature = ''): string => {
    const encoded = [header, goodClaims].map((part) => base64url.encode(JSON.stringify(part)));
    return `${encoded.join('.')}.${signature}`;
  };
  const withHmacOfPublicKey = async () => {
    const input = unsigned({ alg: 'HS256', kid: 'key-1' }).slice(0, -1);
    const secret = await exportSPKI(publicKey);
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const tampered = async () => {
    const [header, , signature] = (await tokenWith()).split('.');
    return [header, base64url.encode(JSON.stringify({ ...goodClaims, sub: 'eve' })), signature].join('.');
  };

  test.each<[string, () => string | undefined | Promise<string | undefined>, string]>([
    ['no token', () => undefined, 'Bearer'],
    ['an empty token', () => '', 'Bearer'],
    ['no JWT', () => 'nonsense', 'the token is malformed'],
    ['no JSON', () => 'a.b.c', 'the token is malformed'],
    ['alg none', () => unsigned({ alg: 'none' }), 'signing method is invalid'],
    ['alg none with a kid', () => unsigned({ alg: 'none', kid: 'key-1' }), 'signing method is invalid'],
    ['HS256 with the public key', withHmacOfPublicKey, 'signing method is invalid'],
    [
      'an elliptic signature',
      () => tokenWith({}, { alg: 'ES256', kid: 'key-ec' }, elliptic.privateKey),
      'signing method is invalid',
    ],
    ['a changed payload', tampered, 'the token has an invalid signature'],
    ['another key', () => tokenWith({}, {}, other.privateKey), 'the token has an invalid signature'],
    [
      'an unknown key id',
      () => tokenWith({}, { kid: 'key-2' }, other.privateKey),
      'the token does not name a key of the issuer',
    ],
    ['no key id', () => tokenWith({}, { kid: undefined }), 'the token does not name its key'],
    [
      'another issuer',
      () => tokenWith({ iss: 'https://evil.example' }),
      'the token does not have a valid issuer',
    ],
    ['no issuer', () => tokenWith({ iss: undefined }), 'the token does not have a valid issuer'],
    ['another client', () => tokenWith({ client_id: 'x' }), 'the token does not have a valid audience'],
    [
      'another audience, though the client is right',
      () => tokenWith({ aud: 'x' }),
      'the token does not have a valid audience',
    ],
    ['no audience', () => tokenWith({ client_id: undefined }), 'the token does not have a valid audience'],
    ['expired', () => tokenWith({ exp: now }), 'the token has expired'],
    ['no expiry', () => tokenWith({ exp: undefined }), 'the token does not have a valid exp'],
    ['not yet valid', () => tokenWith({ nbf: now + 5 }), 'the token is not valid yet'],
    ['issued in the future', () => tokenWith({ iat: now + 5 }), 'the token is issued in the future'],
  ])('%s: 401', async (_name, token, reason) => {
    const answer = await call(await token());
    expect(answer).toMatchObject({
      status: 401,
      text: '{"message":"Unauthorized"}',
      headers: {
        'www-authenticate': expect.stringContaining(reason),
        'apigw-requestid': expect.any(String),
      },
    });
    expect(api.events).toEqual([]);
  });

  test('the reason has the form that API Gateway gives it', async () => {
    const { headers } = await call(await tokenWith({ aud: 'x' }));
    expect(headers['www-authenticate']).toBe(
      'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"',
    );
  });

  test('a good token without the scope: 403', async () => {
    expect(await call(await tokenWith(), '/admin')).toMatchObject({
      status: 403,
      text: '{"message":"Forbidden"}',
      headers: { 'www-authenticate': 'Bearer scope="admin" error="insufficient_scope"' },
    });
  });

  test('the log says why, and never holds the token', async () => {
    const token = await tokenWith({ exp: now - 1 });
    await call(token);
    expect(JSON.parse(api.lines[0] ?? '')).toMatchObject({
      status: 401,
      'authorizer.error': 'the token has expired',
    });
    expect(api.lines[0]).not.toContain(token.slice(0, 20));
  });
});

test('an identity source that is none is refused when the API starts', async () => {
  const identitySource = ['$context.identity.sourceIp'];
  const route = { routeKey: 'GET /', functionName: 'f', authorizer: { ...authorizer, identitySource } };
  await expect(startApi([route])).rejects.toThrow(/Not an identity source.*sourceIp/);
});

test('a route without an authorizer is open, and passes no claims', async () => {
  expect(await call('nonsense', '/open')).toMatchObject({ status: 200 });
  expect(api.events[0]?.requestContext).not.toHaveProperty('authorizer');
});

test('a preflight request to a route that takes every method is authorized first', async () => {
  const headers = { origin: 'https://app.example', 'access-control-request-method': 'PUT' };
  expect(await send(api, '/any', { method: 'OPTIONS', headers })).toMatchObject({ status: 401 });
  expect(await send(api, '/private', { method: 'OPTIONS', headers })).toMatchObject({ status: 204 });
});

describe("the issuer's keys", () => {
  const serveIssuer = async (answer: (path: string, url: string) => unknown) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const body = answer(request.url ?? '', url);
      response.writeHead(body === undefined ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? {}));
    });
    const url = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
    return { url, asked, close: () => closeServer(server) };
  };
  const apiOf = (url: string) =>
    startApi(
      [{ routeKey: 'GET /private', functionName: 'private', authorizer: { ...authorizer, issuer: url } }],
      { options: { clock } },
    );

  test('are found by discovery, once', async () => {
    const remote = await serveIssuer((path, url) =>
      path === '/keys' ? keySet : { issuer: url, jwks_uri: `${url}/keys` },
    );
    api = await apiOf(remote.url);
    const token = await tokenWith({ iss: remote.url });
    expect(await call(token)).toMatchObject({ status: 200 });
    expect(await call(token)).toMatchObject({ status: 200 });
    expect(remote.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    await remote.close();
  });

  test('that cannot be had are 500, until they can', async () => {
    let up = false;
    const remote = await serveIssuer((path, url) => {
      if (!up) return undefined;
      return path === '/keys' ? keySet : { issuer: url, jwks_uri: `${url}/keys` };
    });
    api = await apiOf(remote.url);
    const token = await tokenWith({ iss: remote.url });
    expect(await call(token)).toMatchObject({ status: 500, text: '{"message":"Internal Server Error"}' });
    up = true;
    expect(await call(token)).toMatchObject({ status: 200 });
    await remote.close();
  });
});
