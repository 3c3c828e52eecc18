import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { LaunchedStack } from '../../src/launch.ts';
import { shopStack } from './support/stack.ts';

let stack: LaunchedStack;
let end: () => Promise<void>;
beforeAll(async () => {
  ({ stack, end } = await shopStack());
}, 60_000);
afterAll(() => end?.());

/** `fetch` sets Host, Origin and Sec-Fetch-Site itself. */
const ask = (method: string, path: string, headers: Record<string, string>) =>
  new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    request(`${stack.running.consoleUrl}${path}`, { method, headers }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    })
      .on('error', reject)
      .end();
  });
const own = () => stack.running.consoleUrl;
const token = async () => {
  const { body } = await ask('GET', '/', {});
  return /name="console-token" content="([^"]+)"/.exec(body)?.[1] ?? '';
};

test.each(['/', '/status', '/api/service', '/events?channels=x', '/assets/main.js'])(
  'a foreign Host header is refused, as DNS rebinding sends it: %s',
  async (path) => {
    expect((await ask('GET', path, { host: 'evil.example:3003' })).status).toBe(403);
    expect((await ask('GET', path, { host: `evil.example:${new URL(own()).port}` })).status).toBe(403);
  },
);

test.each(['cross-site', 'same-site'])('a page of another origin reads nothing: %s', async (site) => {
  expect((await ask('GET', '/api/service', { 'sec-fetch-site': site })).status).toBe(403);
  expect((await ask('GET', '/', { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' })).status).toBe(200);
});

test('a change needs the origin of the page and the token of this start', async () => {
  const change = (headers: Record<string, string>) => ask('POST', '/api/nothing', headers);
  expect((await change({})).status).toBe(403);
  expect((await change({ origin: own() })).status).toBe(403);
  expect((await change({ origin: own(), 'x-console-token': 'wrong' })).status).toBe(403);
  expect((await change({ origin: 'http://evil.example', 'x-console-token': await token() })).status).toBe(
    403,
  );
  expect((await change({ 'x-console-token': await token() })).status).toBe(403);
  // It is let through, to a route that there is not.
  expect((await change({ origin: own(), 'x-console-token': await token() })).status).toBe(404);
});
