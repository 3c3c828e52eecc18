import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { MAX_BODY_BYTES } from '#lib/http/json-body.ts';
import { givenPost } from '#tests/support/posts.ts';
import {
  type Answer,
  caller,
  captureLogs,
  pageIn,
  postIn,
  problemIn,
  problemNameIn,
  startTestApi,
  type TestApi,
} from './api.ts';
import type { TestRequest } from './requests.ts';

let api: TestApi;
let create: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

const ada = { sub: 'ada' };

beforeAll(async () => {
  api = await startTestApi();
  create = await caller('create-post');
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

const postsOf = async (userId: string) => (await api.posts.listByUser(userId, 100, undefined)).items;

test('a post is created with what its author gave and defaults for the rest', async () => {
  const answer = await create({ claims: ada, body: { content: 'Hello' } });
  const post = postIn(answer);
  expect(answer.status).toBe(201);
  expect(post).toMatchObject({ userId: 'ada', content: 'Hello', type: 'text', status: 'draft', version: 1 });
  expect(answer.headers).toMatchObject({
    location: `/posts/${post.postId}`,
    etag: '"1"',
    'cache-control': 'no-store',
  });
  expect(await api.posts.find(post.postId)).toEqual(post);
});

test('a post may be published at once', async () => {
  const answer = await create({
    claims: ada,
    body: { content: 'Look', type: 'photo', status: 'published', userId: 'ada' },
  });
  expect(postIn(answer)).toMatchObject({ type: 'photo', status: 'published' });
});

test("the caller's correlation id goes into the table and comes back; a malformed one is replaced", async () => {
  const kept = await create({
    claims: ada,
    body: { content: 'Hello' },
    headers: { 'x-correlation-id': 'order-1' },
  });
  expect(kept.headers['x-correlation-id']).toBe('order-1');
  const { Items } = await api.dynamoDb.client.send(new ScanCommand({ TableName: api.tables.posts }));
  expect(Items?.find(({ postId }) => postId === postIn(kept).postId)).toHaveProperty(
    'correlationId',
    'order-1',
  );

  const replaced = await create({
    claims: ada,
    body: { content: 'Hello' },
    headers: { 'x-correlation-id': 'a b\n' },
  });
  expect(replaced.headers['x-correlation-id']).toBe(replaced.headers['x-request-id']);
});

test('a body that names another user is refused', async () => {
  const answer = await create({ claims: { sub: 'eve' }, body: { content: 'I am Ada', userId: 'ada' } });
  expect(answer.status).toBe(403);
  expect(problemNameIn(answer)).toBe('another-user');
  expect(await postsOf('eve')).toEqual([]);
});

const deep = (levels: number) => '{"content":'.padEnd(11 + levels, '[').padEnd(11 + 2 * levels, ']');

describe('a request that does not fit stores nothing and says why', () => {
  const text = (content: unknown) => ({ body: { content } });
  const cases: [what: string, request: TestRequest, status: number, problem: string, places?: string[]][] = [
    ['not JSON', { rawBody: '{"content":' }, 400, 'malformed-body'],
    ['no body', { rawBody: '' }, 400, 'malformed-body'],
    [
      'not UTF-8',
      { rawBody: Buffer.from([0x22, 0xff, 0x22]).toString('base64'), isBase64Encoded: true },
      400,
      'malformed-body',
    ],
    ['an array', { body: [] }, 400, 'invalid-request', ['#']],
    ['null', { body: null }, 400, 'invalid-request', ['#']],
    ['a number', { rawBody: '1e999' }, 400, 'invalid-request', ['#']],
    ['no content', { body: {} }, 400, 'invalid-request', ['#/content']],
    ['empty content', text(''), 400, 'invalid-request', ['#/content']],
    ['white space', text(' \u3000\t\n'), 400, 'invalid-request', ['#/content']],
    ['5,001 code points', text('😀'.repeat(5_001)), 400, 'invalid-request', ['#/content']],
    ['a lone surrogate', { rawBody: '{"content":"a\\ud800b"}' }, 400, 'invalid-request', ['#/content']],
    ['a number as content', text(1), 400, 'invalid-request', ['#/content']],
    ['null as content', text(null), 400, 'invalid-request', ['#/content']],
    ['deep JSON', { rawBody: `${deep(30_000)}}` }, 400, 'invalid-request', ['#/content']],
    ['a character no queue carries', text('a\uffffb'), 400, 'invalid-request', ['#/content']],
    ['an unknown type', { body: { content: 'a', type: 'poem' } }, 400, 'invalid-request', ['#/type']],
    ['a flagged post', { body: { content: 'a', status: 'flagged' } }, 400, 'invalid-request', ['#/status']],
    [
      'server fields',
      { body: { content: 'a', postId: 'x', version: 9, timestamp: 'x', moderation: {} } },
      400,
      'invalid-request',
      ['#/postId', '#/version', '#/timestamp', '#/moderation'],
    ],
    [
      'unknown fields',
      { rawBody: '{"content":"a","a/b~c":1,"__proto__":{"x":1},"constructor":1,"é\\ud800":1}' },
      400,
      'invalid-request',
      ['#/a~1b~0c', '#/__proto__', '#/constructor', '#/%C3%A9%EF%BF%BD'],
    ],
    ['an unknown parameter', { ...text('a'), query: { dry: '1' } }, 400, 'invalid-request', ['dry']],
    [
      'a bad key',
      { ...text('a'), headers: { 'idempotency-key': '' } },
      400,
      'invalid-request',
      ['idempotency-key'],
    ],
    ['no media type', { ...text('a'), headers: { 'content-type': '' } }, 415, 'unsupported-media-type'],
    [
      'a form',
      { rawBody: 'content=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported-media-type',
    ],
    [
      'another charset',
      { ...text('a'), headers: { 'content-type': 'application/json; charset=latin1' } },
      415,
      'unsupported-media-type',
    ],
    [
      'a compressed body',
      { ...text('a'), headers: { 'content-encoding': 'gzip' } },
      415,
      'unsupported-media-type',
    ],
    [
      'a large body',
      { rawBody: JSON.stringify({ content: 'é'.repeat(MAX_BODY_BYTES / 2) }) },
      413,
      'body-too-large',
    ],
  ];
  test.each(cases.map(([what, ...expected]) => ({ what, expected })))('$what', async ({ expected }) => {
    const [request, status, problem, places] = expected;
    const answer = await create({ claims: { sub: 'bob' }, ...request });
    expect(answer.status).toBe(status);
    expect(problemNameIn(answer)).toBe(problem);
    const found = problemIn(answer).errors?.map(
      ({ pointer, parameter, header }) => pointer ?? parameter ?? header,
    );
    expect(found).toEqual(places);
    expect(await postsOf('bob')).toEqual([]);
  });
});

test.each([
  ['zero width spaces', '\u200b\u200b'],
  ['word joiners', '\u2060'],
  ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
  ['Braille blanks', '\u2800'],
  ['soft hyphens', '\u00ad'],
  ['controls', '\u0000\u0007\u001b\u0085'],
  ['byte order marks', '\ufeff'],
  ['directional marks', '\u200e\u200f\u202a\u202c\u2066\u2069\u061c'],
  ['joiners', '\u200c\u200d\u034f'],
  ['variation selectors', '\ufe0f\u{e0100}\u180b'],
  ['tags', '\u{e0020}\u{e007f}'],
  ['line and paragraph separators', '\u2028\u2029\u00a0\u3000'],
  ['noncharacters', '\ufdd0\u{1fffe}'],
  ['interlinear annotations and musical blanks', '\ufff9\ufffa\ufffb\u{1d159}\u{1d173}'],
  ['some of all of them', ' \u200b\u2060\u3164\u2800\u00ad\u0000\n'],
])('a post of nothing but %s is refused, by POST and PATCH', async (_, content) => {
  const created = await create({ claims: ada, body: { content } });
  expect(problemIn(created).errors).toEqual([
    { pointer: '#/content', detail: 'must hold at least one visible character' },
  ]);
  const { postId } = await givenPost(api.posts);
  const update = await caller('update-post');
  const edited = await update({ claims: ada, params: { postId }, body: { content } });
  expect(problemIn(edited).errors?.[0]?.pointer).toBe('#/content');
});

test('a post of nothing visible that is stored already can be read, listed, edited and removed', async () => {
  const { postId } = await givenPost(api.posts, { userId: 'old', content: '\u200b\u2800' });
  const owner = { claims: { sub: 'old' }, params: { postId } };
  const get = await caller('get-post');
  const list = await caller('list-user-posts');
  const update = await caller('update-post');
  const remove = await caller('delete-post');
  expect(postIn(await get({ params: { postId } })).content).toBe('\u200b\u2800');
  expect(pageIn(await list({ params: { userId: 'old' } })).items).toHaveLength(1);
  expect((await update({ ...owner, body: { type: 'link' } })).status).toBe(200);
  expect((await remove(owner)).status).toBe(204);
});

test.each(['👍', '\ue000', '\u0301', '\u0600', '𓀀', '漢', '.', 'a\u200b'])(
  'a post of %j shows something',
  async (content) => {
    expect((await create({ claims: ada, body: { content } })).status).toBe(201);
  },
);

test('a body of unknown fields does not come back many times its size', async () => {
  const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, 1]));
  const answer = await create({ claims: ada, body: { content: 'a', ...fields } });
  expect(problemIn(answer).errors).toHaveLength(50);
});

test.each([
  ['emoji', '👩‍👩‍👧‍👦🏳️‍🌈'],
  ['combining', 'e\u0301\u0327'.repeat(100)],
  ['right to left', 'שלום \u202eabc\u202c'],
  ['NUL and other controls', 'a\u0000b\u0007\u007f'],
  ['5,000 code points', '😀'.repeat(5_000)],
  ['noncharacters inside', 'a\ufdd0b'],
])('%s are stored and come back as they are', async (_, content) => {
  const answer = await create({ claims: ada, body: { content } });
  expect(answer.status).toBe(201);
  expect(postIn(answer).content).toBe(content);
  expect((await api.posts.find(postIn(answer).postId))?.content).toBe(content);
});

test('JSON with a charset, a byte order mark or in base64 is JSON', async () => {
  const json = JSON.stringify({ content: 'hé' });
  const requests: TestRequest[] = [
    { rawBody: json, headers: { 'content-type': 'Application/JSON; charset="UTF-8"' } },
    { rawBody: `\ufeff${json}` },
    { rawBody: Buffer.from(json).toString('base64'), isBase64Encoded: true },
  ];
  for (const request of requests) expect((await create({ claims: ada, ...request })).status).toBe(201);
});

test('a request without claims is refused, should the authorizer ever be missing', async () => {
  expect((await create({ body: { content: 'Hello' } })).status).toBe(401);
  expect((await create({ body: { content: 'Hello' }, claims: {} })).status).toBe(401);
});

test('one log line tells of a request, with its ids and without its content', async () => {
  logs.lines.length = 0;
  const answer = await create({
    claims: ada,
    body: { content: 'a secret' },
    headers: { authorization: 'Bearer abc.def.ghi' },
  });
  expect(logs.lines).toHaveLength(1);
  expect(JSON.parse(logs.lines[0] ?? '')).toMatchObject({
    level: 'INFO',
    message: 'request',
    route: 'POST /posts',
    status: 201,
    latencyMs: expect.any(Number),
    requestId: answer.headers['x-request-id'],
    correlationId: answer.headers['x-correlation-id'],
    caller: 'ada',
    location: answer.headers.location,
  });
  expect(logs.lines[0]).not.toMatch(/a secret|abc\.def/);
});
