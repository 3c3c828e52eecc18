import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import * as z from 'zod';
import { SearchPage } from '#functions/search-posts/route.ts';
import { PostResource } from '#lib/http/post-resource.ts';
import { forgetData, type LaunchedStack, launchStack } from '#local/launch.ts';
import { denialsOf } from '#tests/support/denials.ts';

const directory = mkdtempSync(join(tmpdir(), 'api-e2e-'));
let stack: LaunchedStack;
const everyAnswer: string[] = [];

interface Call {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

const call = async (path: string, { method = 'GET', body, headers = {} }: Call = {}) => {
  const response = await fetch(`${stack.running.apiUrl}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  everyAnswer.push(`${[...response.headers].join('\n')}\n${text}`);
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
};

const Token = z.object({ access_token: z.string() });
const issued = async (user: string, more: Record<string, string> = {}): Promise<string> => {
  const response = await fetch(`${stack.running.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ user, ...more }),
  });
  return Token.parse(await response.json()).access_token;
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const CALLERS = [
  'anonymous',
  'author',
  'other',
  'expired',
  'wrong audience',
  'alg none',
  "another's key",
] as const;
type Caller = (typeof CALLERS)[number];
const headersOf = new Map<Caller, Record<string, string>>();

beforeAll(async () => {
  stack = await launchStack(
    { serviceDirectory: resolve(import.meta.dirname, '../..'), dataDirectory: directory },
    AbortSignal.timeout(50_000),
  );
  const ada = await issued('ada');
  const payload = decodeJwt(ada);
  const { kid = '' } = decodeProtectedHeader(ada);
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const forged = await new SignJWT(payload)
    .setProtectedHeader({ alg: 'RS256', kid, jwk: await exportJWK(publicKey) })
    .sign(privateKey);
  headersOf.set('anonymous', {});
  headersOf.set('author', bearer(ada));
  headersOf.set('other', bearer(await issued('eve')));
  headersOf.set('expired', bearer(await issued('ada', { expiresIn: '-60' })));
  headersOf.set('wrong audience', bearer(await issued('ada', { audience: 'another-api' })));
  headersOf.set('alg none', bearer(new UnsecuredJWT(payload).encode()));
  headersOf.set("another's key", bearer(forged));
}, 60_000);

afterAll(async () => {
  await stack?.stop();
  await forgetData(directory);
});

const as = (caller: Caller) => headersOf.get(caller) ?? {};
const written = async (body: unknown, caller: Caller = 'author') =>
  PostResource.parse((await call('/posts', { method: 'POST', body, headers: as(caller) })).body);
const draft = () => written({ content: 'A draft' });
const published = () => written({ content: 'Published', status: 'published' });
const flagged = async () => {
  const { postId } = await written({ content: 'You are a fucking idiot', status: 'published' });
  await stack.untilQuiet(15_000);
  const post = PostResource.parse((await call(`/posts/${postId}`, { headers: as('author') })).body);
  expect(post).toMatchObject({ status: 'flagged', moderation: { labels: expect.any(Array) } });
  return post;
};

const sample = z
  .object({ rawPath: z.string(), body: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../events/put-device.json', import.meta.url), 'utf8')));

/** Who may do what: the status for an anonymous caller, the author, another user, and anyone with a bad token. */
const RIGHTS: [what: string, request: () => Promise<[string, Call?]>, [number, number, number, number]][] = [
  [
    'create a post',
    async () => ['/posts', { method: 'POST', body: { content: 'Hello' } }],
    [401, 201, 201, 401],
  ],
  ['read a published post', async () => [`/posts/${(await published()).postId}`], [200, 200, 200, 401]],
  ['read a draft', async () => [`/posts/${(await draft()).postId}`], [404, 200, 404, 401]],
  ['read a flagged post', async () => [`/posts/${(await flagged()).postId}`], [404, 200, 404, 401]],
  [
    'change a published post',
    async () => [`/posts/${(await published()).postId}`, { method: 'PATCH', body: { content: 'New' } }],
    [401, 200, 403, 401],
  ],
  [
    'change a draft',
    async () => [`/posts/${(await draft()).postId}`, { method: 'PATCH', body: { content: 'New' } }],
    [401, 200, 404, 401],
  ],
  [
    'remove a published post',
    async () => [`/posts/${(await published()).postId}`, { method: 'DELETE' }],
    [401, 204, 403, 401],
  ],
  [
    'remove a draft',
    async () => [`/posts/${(await draft()).postId}`, { method: 'DELETE' }],
    [401, 204, 404, 401],
  ],
  ['list posts', async () => ['/users/ada/posts'], [200, 200, 200, 401]],
  ['search', async () => ['/posts/search?q=published'], [200, 200, 200, 200]],
  [
    'register a device',
    async () => [sample.rawPath, { method: 'PUT', body: JSON.parse(sample.body) }],
    [401, 200, 200, 401],
  ],
  // Its author registered it last, above.
  ['remove a device', async () => [sample.rawPath, { method: 'DELETE' }], [401, 204, 404, 401]],
  ['read the push key', async () => ['/push-key'], [200, 200, 200, 200]],
  ['read the API document', async () => ['/openapi.json'], [200, 200, 200, 200]],
];

describe.each(RIGHTS.map(([what, request, statuses]) => ({ what, request, statuses })))(
  'who may $what',
  ({ request, statuses: [anonymous, author, other, badToken] }) => {
    const expected = new Map<Caller, number>([
      ['anonymous', anonymous],
      ['author', author],
      ['other', other],
    ]);
    test('is as the table says', async () => {
      // The author comes last and may be about to remove it.
      const [path, options] = await request();
      const found: Partial<Record<Caller, number>> = {};
      for (const caller of CALLERS.toSorted((a, b) => Number(a === 'author') - Number(b === 'author'))) {
        found[caller] = (await call(path, { ...options, headers: as(caller) })).status;
      }
      expect(found).toEqual(
        Object.fromEntries(CALLERS.map((caller) => [caller, expected.get(caller) ?? badToken])),
      );
    });
  },
);

test('only the author sees drafts in the list of their posts', async () => {
  const { postId } = await draft();
  const listed = async (caller: Caller) =>
    JSON.stringify((await call('/users/ada/posts?limit=100', { headers: as(caller) })).body).includes(postId);
  expect(await listed('author')).toBe(true);
  expect(await listed('other')).toBe(false);
  expect(await listed('anonymous')).toBe(false);
});

test('the life of a post, as the guides tell it', async () => {
  const created = await call('/posts', {
    method: 'POST',
    body: { content: 'Marmalade skies', type: 'photo' },
    headers: as('author'),
  });
  expect(created.status).toBe(201);
  const location = created.headers.get('location') ?? '';
  const changed = await call(location, {
    method: 'PATCH',
    body: { status: 'published' },
    headers: { ...as('author'), 'if-match': created.headers.get('etag') ?? '' },
  });
  expect(changed.status).toBe(200);
  await stack.untilQuiet(15_000);
  const { items } = SearchPage.parse((await call('/posts/search?q=marmalade')).body);
  expect(items).toMatchObject([{ userId: 'ada', type: 'photo' }]);
  const stale = await call(location, { method: 'DELETE', headers: { ...as('author'), 'if-match': '"1"' } });
  expect(stale.status).toBe(412);
  expect((await call(location, { method: 'DELETE', headers: as('author') })).status).toBe(204);
  expect((await call(location)).status).toBe(404);
});

test('of 50 equal requests at once one creates the post', async () => {
  const headers = { ...as('author'), 'idempotency-key': 'e2e-race' };
  const body = { content: 'Raced' };
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => call('/posts', { method: 'POST', body, headers })),
  );
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  const ids = new Set(answers.filter(({ status }) => status === 201).map((answer) => answer.body.postId));
  expect(ids.size).toBe(1);
  const again = await call('/posts', { method: 'POST', body, headers });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const { body: page } = await call('/users/ada/posts?limit=100', { headers: as('author') });
  expect(page.items.filter(({ content }: PostResource) => content === 'Raced')).toHaveLength(1);
});

test('what no route takes is 404, by the gateway itself', async () => {
  for (const [method, path] of [
    ['PUT', '/posts'],
    ['GET', '/nowhere'],
    ['OPTIONS', '/posts'],
  ] as const) {
    const answer = await call(path, { method });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ message: 'Not Found' });
  }
});

test('HEAD answers as GET does, without a body', async () => {
  // Moderation leaves drafts alone, so that no review changes the ETag between the two calls.
  const { postId } = await draft();
  const headers = headersOf.get('author') ?? {};
  for (const path of [
    `/posts/${postId}`,
    '/users/ada/posts',
    '/posts/search?q=published',
    '/push-key',
    '/openapi.json',
    '/posts/x',
  ]) {
    const get = await call(path, { headers });
    const head = await call(path, { method: 'HEAD', headers });
    expect(head.status).toBe(get.status);
    expect(head.body).toBeUndefined();
    for (const name of ['etag', 'cache-control', 'content-type']) {
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
  }
});

test('a browser of another origin may call, and read the headers it needs', async () => {
  const origin = { origin: 'https://app.example.com' };
  const preflight = await call('/posts', {
    method: 'OPTIONS',
    headers: {
      ...origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
  expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('idempotency-key');
  const { headers } = await call('/push-key', { headers: origin });
  expect(headers.get('access-control-allow-origin')).toBe('*');
  const exposed = headers.get('access-control-expose-headers')?.toLowerCase() ?? '';
  for (const name of ['etag', 'location', 'x-request-id']) expect(exposed).toContain(name);
});

test('huge headers, a huge body and a broken path are refused, not crashed on', async () => {
  expect((await call('/push-key', { headers: { 'x-large': 'a'.repeat(11_000) } })).status).toBe(431);
  const large = await call('/posts', {
    method: 'POST',
    body: { content: 'a'.repeat(70_000) },
    headers: as('author'),
  });
  expect(large.status).toBe(413);
  for (const path of [
    '/posts/%ff',
    '/posts/%00',
    '/posts/..%2f..',
    '/users/%F0%9F%98%80/posts',
    '/posts/search?q=%ff%fe',
  ]) {
    expect((await call(path)).status).toBeLessThan(500);
  }
});

test('every answer of a function names its request', async () => {
  const answer = await call('/push-key', { headers: { 'x-correlation-id': 'e2e-1' } });
  expect(answer.headers.get('x-request-id')).toBeTruthy();
  expect(answer.headers.get('x-correlation-id')).toBe('e2e-1');
});

// After everything else: these look back at all that was answered and logged.
test('no answer holds anything internal', () => {
  expect(everyAnswer.length).toBeGreaterThan(150);
  for (const answer of everyAnswer)
    expect(answer).not.toMatch(/arn:aws|node_modules|\bat .+\.[jt]s:\d|\.local|Exception/);
});

const filesBelow = (path: string): string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesBelow(join(path, name))) : [path];

test('no log line holds a token or the content of a post', () => {
  const logs = filesBelow(stack.state.logs).map((file) => readFileSync(file, 'utf8'));
  const text = logs.join('\n');
  expect(text).toContain('"message":"request"');
  expect(text).not.toMatch(/eyJ[\w-]+\.eyJ|Marmalade skies|fucking idiot|Bearer /);
});

test('no function lacked a right', () => {
  expect(denialsOf(stack)).toEqual([]);
});
