import { jest } from '@jest/globals';
import { getPostRoute, listUserPostsRoute } from '#lib/http/routes/posts.ts';
import type { Post } from '#lib/posts/post.ts';
import { type Answer, caller, captureLogs, pageIn, problemIn, startTestApi, type TestApi } from './api.ts';
import { flagged, givenPost } from './posts.ts';
import type { TestRequest } from './requests.ts';

let api: TestApi;
let list: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  api = await startTestApi();
  const { handler } = await import('#functions/list-user-posts/handler.ts');
  list = caller(listUserPostsRoute, handler);
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

const as = async (user: string) => ({ authorization: `Bearer ${await api.identity.issueToken(user)}` });

/** Posts of a user, one a second, oldest first. */
const givenPosts = async (userId: string, statuses: Post['status'][]): Promise<Post[]> => {
  const start = Date.parse('2026-01-01T00:00:00.000Z');
  const posts: Post[] = [];
  for (const [index, status] of statuses.entries()) {
    const timestamp = new Date(start + index * 1_000).toISOString();
    posts.push(await givenPost(api.posts, { userId, status, timestamp, content: `${index}` }));
  }
  return posts;
};

const allPages = async (userId: string, limit: number, headers: Record<string, string> = {}) => {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: `${limit}`, ...(cursor !== undefined && { cursor }) };
    const page = pageIn(await list({ params: { userId }, query, headers }));
    pages.push(page.items.map(({ content }) => content));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return pages;
};

test('an author sees all his posts, newest first, page by page', async () => {
  await givenPosts('ada', ['draft', 'published', 'flagged', 'draft', 'published']);
  const answer = await list({ params: { userId: 'ada' }, headers: await as('ada') });
  expect(pageIn(answer).items.map(({ content }) => content)).toEqual(['4', '3', '2', '1', '0']);
  expect(answer.body).not.toHaveProperty('nextCursor');
  expect(answer.headers).toMatchObject({ 'cache-control': 'private, no-cache', vary: 'Authorization' });
  expect(await allPages('ada', 2, await as('ada'))).toEqual([['4', '3'], ['2', '1'], ['0']]);
});

test('others see what is published, in full pages', async () => {
  await givenPosts('bob', [
    'published',
    'draft',
    'draft',
    'published',
    'flagged',
    'published',
    'draft',
    'published',
  ]);
  expect(await allPages('bob', 2)).toEqual([
    ['7', '5'],
    ['3', '0'],
  ]);
  expect(await allPages('bob', 3, await as('eve'))).toEqual([['7', '5', '3'], ['0']]);
});

test('behind a long run of drafts a page may be short, but nothing is left out', async () => {
  await givenPosts('cat', ['published', ...Array<'draft'>(45).fill('draft'), 'published']);
  const pages = await allPages('cat', 1);
  expect(pages.flat()).toEqual(['46', '0']);
  expect(pages.length).toBeGreaterThan(2);
});

test('a user without posts has an empty page', async () => {
  expect(pageIn(await list({ params: { userId: 'nobody' } }))).toEqual({ items: [] });
});

test.each(['0', '101', '-1', '1.5', '1e1', '٣', '', ' 5', '0x10', '5,6'])(
  'a limit of %j is refused',
  async (limit) => {
    const answer = await list({ params: { userId: 'ada' }, query: { limit } });
    expect(answer.status).toBe(400);
    expect(problemIn(answer).errors?.[0]?.parameter).toBe('limit');
  },
);

test('a parameter given twice is refused by name', async () => {
  const answer = await list({ params: { userId: 'ada' }, query: 'limit=5&limit=5' });
  expect(problemIn(answer).errors).toContainEqual({ parameter: 'limit', detail: 'must be given once' });
});

describe('a cursor', () => {
  let cursor: string;
  beforeAll(async () => {
    await givenPosts('dan', ['published', 'draft', 'published', 'published']);
    cursor = pageIn(await list({ params: { userId: 'dan' }, query: { limit: '2' } })).nextCursor ?? '';
  });

  test('goes with another limit', async () => {
    const answer = await list({ params: { userId: 'dan' }, query: { limit: '50', cursor } });
    expect(pageIn(answer).items.map(({ content }) => content)).toEqual(['0']);
  });

  test('tells its holder nothing', () => {
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/dan|2026|postId/);
  });

  test("does not open another user's list", async () => {
    expect((await list({ params: { userId: 'ada' }, query: { cursor } })).status).toBe(400);
  });

  test.each(['', 'x', '!!!', 'a'.repeat(3_000)])('is not made up (%s)', async (madeUp) => {
    const answer = await list({ params: { userId: 'dan' }, query: { cursor: madeUp } });
    expect(answer.status).toBe(400);
    expect(problemIn(answer).errors?.[0]?.parameter).toBe('cursor');
  });
});

describe('a token on an open route', () => {
  test('of another audience, expired, or malformed is refused, although no token would do', async () => {
    const tokens = [
      await api.identity.issueToken('ada', { clientId: 'another-client' }),
      await api.identity.issueToken('ada', { expiresIn: -1 }),
      'abc',
    ];
    for (const authorization of [...tokens.map((token) => `Bearer ${token}`), 'Basic YTpi', 'Bearer', '']) {
      const answer = await list({ params: { userId: 'ada' }, headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    }
  });

  test('cannot be judged while the issuer is away: 503, and an anonymous caller does not notice', async () => {
    process.env.TOKEN_ISSUER = 'http://127.0.0.1:1';
    jest.resetModules();
    const { handler } = await import('#functions/get-post/handler.ts');
    process.env.TOKEN_ISSUER = api.identity.issuer;
    const get = caller(getPostRoute, handler);
    const { postId } = await givenPost(api.posts, { userId: 'gil' });
    const answer = await get({ params: { postId }, headers: await as('gil') });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect((await get({ params: { postId } })).status).toBe(200);
  });
});

test('flagged posts tell their author why, also in the list', async () => {
  await givenPost(api.posts, { userId: 'fay', ...flagged });
  const { items } = pageIn(await list({ params: { userId: 'fay' }, headers: await as('fay') }));
  expect(items[0]?.moderation).toEqual({ labels: ['PROFANITY'] });
});
