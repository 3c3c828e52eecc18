import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { systemClock } from '#local/clock.ts';
import { forgetData, launchStack } from '#local/launch.ts';

/** Requests to each route. */
const REQUESTS = Number(process.env.REQUESTS ?? 300);
const WARM_UP = 20;
/** Below the API's own limit of 100 requests a second: a refused request measures nothing. */
const MILLISECONDS_BETWEEN = 12.5;

interface Probe {
  name: string;
  send: () => Promise<Response>;
  latencies: number[];
}

const service = resolve(import.meta.dirname, '..');
const data = mkdtempSync(join(tmpdir(), 'bench-api-'));
const bare = await launchStack({
  serviceDirectory: join(import.meta.dirname, 'bare'),
  dataDirectory: join(data, 'bare'),
});
const stack = await launchStack({ serviceDirectory: service, dataDirectory: join(data, 'api') });

const { apiUrl, issuer } = stack.running;
const as = async (user: string) => {
  const response = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams({ user }) });
  const { access_token } = z.object({ access_token: z.string() }).parse(await response.json());
  return { authorization: `Bearer ${access_token}` };
};
const authorization = await as('ada');

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${apiUrl}${path}`, { headers });
const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(`${apiUrl}${path}`, {
    method,
    headers: {
      ...authorization,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const create = async (status: string, author = authorization): Promise<string> => {
  const response = await send(
    'POST',
    '/posts',
    { content: 'Lantern light over the harbour', status },
    author,
  );
  return z.object({ postId: z.string() }).parse(await response.json()).postId;
};

const device = z
  .object({ rawPath: z.string(), body: z.string() })
  .parse(JSON.parse(readFileSync(join(service, 'events', 'put-device.json'), 'utf8')));
const published = await create('published');
// Of someone who writes nothing meanwhile: ada's list grows, and most of it is hidden from others.
const grace = await as('grace');
for (let post = 0; post < 30; post += 1) await create('published', grace);
await stack.untilQuiet(30_000);
const edited = await create('draft');
const doomed: string[] = [];

let count = 0;
const probe = (name: string, request: () => Promise<Response>): Probe => ({
  name,
  send: request,
  latencies: [],
});
const probes = [
  probe('bare handler', () => fetch(`${bare.running.apiUrl}/bare`)),
  probe('GET /push-key', () => get('/push-key')),
  probe('GET /openapi.json', () => get('/openapi.json')),
  probe('GET /posts/{postId}', () => get(`/posts/${published}`)),
  probe('GET /posts/{postId}, token', () => get(`/posts/${published}`, authorization)),
  probe('GET /users/{userId}/posts', () => get('/users/grace/posts')),
  probe('GET /posts/search', () => get('/posts/search?q=lantern+harb')),
  probe('POST /posts', () => send('POST', '/posts', { content: `Draft ${count}` })),
  probe('POST /posts, key', () =>
    send('POST', '/posts', { content: `Draft ${count}` }, { 'idempotency-key': `bench-${count}` }),
  ),
  probe('PATCH /posts/{postId}', () => send('PATCH', `/posts/${edited}`, { content: `Draft ${count}` })),
  probe('DELETE /posts/{postId}', () => send('DELETE', `/posts/${doomed.pop()}`)),
  probe('PUT /devices/{deviceId}', () => send('PUT', device.rawPath, JSON.parse(device.body))),
  probe('DELETE /devices/{deviceId}', () => send('DELETE', device.rawPath)),
  probe('PUT /posts (405)', () => send('PUT', '/posts', {})),
];

const measure = async ({ name, send: request }: Probe): Promise<number> => {
  await systemClock.sleep(MILLISECONDS_BETWEEN);
  count += 1;
  const began = performance.now();
  const response = await request();
  const body = await response.text();
  const latency = performance.now() - began;
  if (response.status >= 400 && !name.includes(`${response.status}`)) {
    throw new Error(`${name} answered ${response.status}: ${body}`);
  }
  if (name === 'POST /posts') doomed.push(z.object({ postId: z.string() }).parse(JSON.parse(body)).postId);
  return latency;
};

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

try {
  // One request to each in turn, so that whatever else the machine does falls on all of them alike.
  for (let round = -WARM_UP; round < REQUESTS; round += 1) {
    for (const each of probes) {
      const latency = await measure(each);
      if (round >= 0) each.latencies.push(latency);
    }
  }
  const rows = probes.map(({ name, latencies }) => {
    const sorted = latencies.toSorted((a, b) => a - b);
    return { name, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
  });
  const [base] = rows;
  if (!base) throw new Error('nothing was measured');
  console.log(`${REQUESTS} requests to each route, one at a time; × against a handler that only returns`);
  console.log(
    `${'route'.padEnd(30)}${'p50 ms'.padStart(8)}${'×'.padStart(7)}${'p99 ms'.padStart(9)}${'×'.padStart(7)}`,
  );
  for (const { name, p50, p99 } of rows) {
    const columns = [
      p50.toFixed(1).padStart(8),
      (p50 / base.p50).toFixed(1).padStart(7),
      p99.toFixed(1).padStart(9),
      (p99 / base.p99).toFixed(1).padStart(7),
    ];
    console.log(`${name.padEnd(30)}${columns.join('')}`);
  }
} finally {
  await Promise.all([stack.stop(), bare.stop()]);
  await forgetData(data);
}
