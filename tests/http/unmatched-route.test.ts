import { ENDPOINTS } from '#lib/http/endpoints.ts';
import { ROUTES } from '#lib/http/routes/index.ts';
import { unmatchedRoute } from '#lib/http/routes/service.ts';
import { type Answer, caller, captureLogs, problemNameIn } from './api.ts';
import type { TestRequest } from './requests.ts';

let unmatched: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  const { handler } = await import('#functions/unmatched-route/handler.ts');
  unmatched = caller(unmatchedRoute, handler);
  logs = captureLogs();
});
afterAll(() => logs.stop());

test.each([
  ['PUT', '/posts', 'POST, OPTIONS'],
  ['POST', '/posts/01J0000000000000000000000A', 'GET, PATCH, DELETE, OPTIONS'],
  ['HEAD', '/users/ada/posts', 'GET, OPTIONS'],
  ['DELETE', '/openapi.json', 'GET, OPTIONS'],
  ['PATCH', '/posts/search', 'GET, OPTIONS'],
])('%s %s is not allowed; %s are', async (method, path, allow) => {
  const answer = await unmatched({ method, path });
  expect(answer.status).toBe(405);
  expect(problemNameIn(answer)).toBe('method-not-allowed');
  expect(answer.headers.allow).toBe(allow);
});

test('OPTIONS of a known path names its methods', async () => {
  const answer = await unmatched({ method: 'OPTIONS', path: '/posts' });
  expect(answer.status).toBe(204);
  expect(answer.headers.allow).toBe('POST, OPTIONS');
});

test.each(['/', '', '/post', '/posts/', '/posts/a/b', '/users/posts', '/users//posts', '/openapi.json/'])(
  '%j leads nowhere, by any method',
  async (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await unmatched({ method, path, query: 'a=1&a=2' });
      expect(answer.status).toBe(404);
    }
  },
);

test('every route is found by its own path', async () => {
  for (const { method, path } of ROUTES) {
    const answer = await unmatched({ method: 'TRACE', path: path.replaceAll(/\{\w+\}/g, 'x') });
    expect(answer.headers.allow).toContain(method);
  }
});

test('every endpoint has its route, and every route its endpoint', () => {
  expect(ROUTES.map(({ operationId, method, path }) => [operationId, { method, path }])).toEqual(
    Object.entries(ENDPOINTS),
  );
});
