import { readdirSync, readFileSync } from 'node:fs';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { ProblemDetails } from '#lib/http/problem-details.ts';
import { captureLogs, startTestApi, type TestApi } from './api.ts';
import { lambdaContext } from './requests.ts';

const EXPECTED: Record<string, [status: number, problem?: string]> = {
  'create-post': [201],
  'create-post-another-user': [403, 'another-user'],
  'create-post-draft': [201],
  'create-post-idempotent': [201],
  'create-post-invalid': [400, 'invalid-request'],
  'create-post-malformed': [400, 'malformed-body'],
  // No sample depends on another one: on a fresh table there is no such post.
  'delete-device': [404, 'not-found'],
  'delete-post': [404, 'not-found'],
  'get-openapi': [200],
  'get-post': [404, 'not-found'],
  'get-post-bad-token': [401, 'unauthenticated'],
  'get-post-malformed-id': [400, 'invalid-request'],
  'get-push-key': [200],
  'list-user-posts': [200],
  'list-user-posts-invalid': [400, 'invalid-request'],
  'put-device': [200],
  'put-device-unknown-service': [400, 'invalid-request'],
  'search-posts': [200],
  'search-posts-invalid': [400, 'invalid-request'],
  'unmatched-route': [405, 'method-not-allowed'],
  'update-post': [404, 'not-found'],
  'update-post-invalid': [400, 'invalid-request'],
};

type Handler = (event: unknown, lambda: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const directory = new URL('../../events/', import.meta.url);
const FUNCTIONS = new Map<string, () => Promise<{ handler: Handler }>>([
  ['create-post', () => import('#functions/create-post/handler.ts')],
  ['get-post', () => import('#functions/get-post/handler.ts')],
  ['update-post', () => import('#functions/update-post/handler.ts')],
  ['delete-post', () => import('#functions/delete-post/handler.ts')],
  ['list-user-posts', () => import('#functions/list-user-posts/handler.ts')],
  ['search-posts', () => import('#functions/search-posts/handler.ts')],
  ['put-device', () => import('#functions/put-device/handler.ts')],
  ['delete-device', () => import('#functions/delete-device/handler.ts')],
  ['get-push-key', () => import('#functions/get-push-key/handler.ts')],
  ['get-openapi', () => import('#functions/get-openapi/handler.ts')],
  ['unmatched-route', () => import('#functions/unmatched-route/handler.ts')],
]);
const functionOf = (name: string) =>
  [...FUNCTIONS.keys()].find((key) => name === key || name.startsWith(`${key}-`));

const samples = readdirSync(directory)
  .map((file) => file.replace(/\.json$/, ''))
  .filter((name) => functionOf(name));

let api: TestApi;
let logs: ReturnType<typeof captureLogs>;
beforeAll(async () => {
  api = await startTestApi();
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

test('every sample request is expected to do something, and every API function has one', () => {
  expect(samples.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  expect(new Set(samples.map(functionOf))).toEqual(new Set(FUNCTIONS.keys()));
});

test.each(Object.entries(EXPECTED))(
  'events/%s.json is answered as expected',
  async (name, [status, problem]) => {
    const load = FUNCTIONS.get(functionOf(name) ?? '');
    if (!load) throw new Error(`no function for ${name}`);
    const { handler } = await load();
    const event: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, directory), 'utf8'));
    const { statusCode, body } = await handler(event, lambdaContext());
    expect(statusCode).toBe(status);
    if (problem)
      expect(ProblemDetails.parse(JSON.parse(body ?? '')).type).toMatch(new RegExp(`:${problem}$`));
  },
);
