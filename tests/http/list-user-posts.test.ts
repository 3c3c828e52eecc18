import { jest } from '@jest/globals';
import { ulid } from 'ulid';
import type { Post } from '#lib/posts/post.ts';
import { flagged, givenPost } from '#tests/support/posts.ts';
import { type Answer, caller, captureLogs, pageIn, problemIn, startTestApi, type TestApi } from './api.ts';
import type { TestRequest } from './requests.ts';

let api: TestApi;
let list: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  api = await startTestApi();
  list = await caller('list-user-posts');
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

test('an author sees all of their posts, newest first, page by page', async () => {
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
  test.each(['Bearer ', 'bearer ', ''])(
    'may come with %j in front, as the authorizer takes it',
    async (scheme) => {
      await givenPost(api.posts, { userId: 'uma', status: 'draft' });
      const headers = { authorization: `${scheme}${await api.identity.issueToken('uma')}` };
      expect(pageIn(await list({ params: { userId: 'uma' }, headers })).items.length).toBeGreaterThan(0);
    },
  );

  test('of another audience, expired, or malformed is refused, although no token would do', async () => {
    const tokens = [
      await api.identity.issueToken('ada', { clientId: 'another-client' }),
      await api.identity.issueToken('ada', { expiresIn: -1 }),
      'abc',
    ];
    const headers = [...tokens, ...tokens.map((token) => `Bearer ${token}`), 'Basic YTpi', 'Bearer', ''];
    for (const authorization of headers) {
      const answer = await list({ params: { userId: 'ada' }, headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    }
  });

  test('cannot be judged while the issuer is away: 503, and an anonymous caller does not notice', async () => {
    process.env.TOKEN_ISSUER = 'http://127.0.0.1:1';
    jest.resetModules();
    const get = await caller('get-post');
    process.env.TOKEN_ISSUER = api.identity.issuer;
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

describe('an item that is no post', () => {
  const given = async (userId: string, more: Record<string, unknown>, second = 0) => {
    const postId = ulid();
    const timestamp = new Date(Date.parse('2026-01-01T00:00:00.000Z') + second * 1_000).toISOString();
    const post = { postId, userId, content: 'broken', type: 'text', status: 'published', version: 1 };
    await api.posts.put({ ...post, timestamp, updatedAt: timestamp, ...more });
    return postId;
  };
  const defects = [
    { version: 'one' },
    { content: '' },
    { status: 'gone' },
    { type: 'smell' },
    { updatedAt: 1 },
  ];

  test.each(defects)('%j is left out of the list, logged and counted', async (defect) => {
    const userId = `zoe-${Object.keys(defect)}`;
    await givenPost(api.posts, { userId, content: 'before', timestamp: '2025-01-01T00:00:00.000Z' });
    const postId = await given(userId, defect);
    logs.lines.length = 0;
    const answer = await list({ params: { userId } });
    expect(pageIn(answer).items.map(({ content }) => content)).toEqual(['before']);
    const lines = logs.lines.map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'post cannot be read', postId, reason: expect.any(String) }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ UnreadablePosts: 1 }));
    expect(logs.lines.join()).not.toContain('broken');
  });

  test('does not end the list, wherever a page ends', async () => {
    const userId = 'yan';
    for (const second of [1, 2, 3, 4, 5, 6]) {
      await given(userId, second % 2 === 0 ? { version: 'one', postId: `not an id ${second}` } : {}, second);
    }
    for (const limit of [1, 2, 3]) {
      expect((await allPages(userId, limit)).flat()).toEqual(['broken', 'broken', 'broken']);
    }
  });

  test('is not counted where there is none', async () => {
    await givenPost(api.posts, { userId: 'xia' });
    logs.lines.length = 0;
    await list({ params: { userId: 'xia' } });
    expect(logs.lines.join()).not.toMatch(/cannot be read|UnreadablePosts/);
  });
});
