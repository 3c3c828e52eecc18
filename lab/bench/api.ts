import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock } from '../../packages/local-stack/src/clock.ts';
import { forgetData, type LaunchedStack, launchStack } from '../../packages/local-stack/src/launch.ts';
import { serviceDirectory } from '../../scripts/service-copy.ts';
import { type Row, runAlone } from './support/row.ts';
import { alternately, median, percentile } from './support/statistics.ts';

/** Requests to each route. */
const REQUESTS = Number(process.env.REQUESTS ?? 300);
const WARM_UP = 20;
/** Below the API's own limit of 100 requests a second: a refused request measures nothing. */
const MILLISECONDS_BETWEEN = 12.5;
const BASE = 'a handler that only returns';

type Headers = Readonly<Record<string, string>>;
type Probes = Record<string, () => Promise<Response>>;

const authorizationOf = async ({ running }: LaunchedStack, user: string): Promise<Headers> => {
  const body = new URLSearchParams({ user });
  const response = await fetch(`${running.issuer}/token`, { method: 'POST', body });
  const { access_token } = z.object({ access_token: z.string() }).parse(await response.json());
  return { authorization: `Bearer ${access_token}` };
};

const created = z.object({ postId: z.string() });

/** One request to each route, on what there is to read, change and remove. */
const probesOf = async (stack: LaunchedStack, bare: LaunchedStack): Promise<Probes> => {
  const { apiUrl } = stack.running;
  const authorization = await authorizationOf(stack, 'ada');
  const get = (path: string, headers: Headers = {}) => fetch(`${apiUrl}${path}`, { headers });
  const send = (method: string, path: string, body?: unknown, headers: Headers = {}) =>
    fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        ...authorization,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const create = async (status: string, author: Headers = authorization): Promise<string> => {
    const post = { content: 'Lantern light over the harbour', status };
    return created.parse(await (await send('POST', '/posts', post, author)).json()).postId;
  };

  const { rawPath, body } = z
    .object({ rawPath: z.string(), body: z.string() })
    .parse(JSON.parse(readFileSync(join(serviceDirectory, 'events', 'put-device.json'), 'utf8')));
  const published = await create('published');
  // Of someone who writes nothing meanwhile: ada's list grows, and most of it is hidden from others.
  const grace = await authorizationOf(stack, 'grace');
  for (let post = 0; post < 30; post += 1) await create('published', grace);
  await stack.untilQuiet(30_000);
  const edited = await create('draft');

  const doomed: string[] = [];
  let count = 0;
  const draft = () => {
    count += 1;
    return { content: `Draft ${count}` };
  };
  return {
    [BASE]: () => fetch(`${bare.running.apiUrl}/bare`),
    'GET /push-key': () => get('/push-key'),
    'GET /openapi.json': () => get('/openapi.json'),
    'GET /posts/{postId}': () => get(`/posts/${published}`),
    'GET /posts/{postId}, token': () => get(`/posts/${published}`, authorization),
    'GET /users/{userId}/posts': () => get('/users/grace/posts'),
    'GET /posts/search': () => get('/posts/search?q=lantern+harb'),
    'POST /posts': async () => {
      const response = await send('POST', '/posts', draft());
      doomed.push(created.parse(await response.clone().json()).postId);
      return response;
    },
    'POST /posts, key': () => send('POST', '/posts', draft(), { 'idempotency-key': `bench-${count}` }),
    'PATCH /posts/{postId}': () => send('PATCH', `/posts/${edited}`, draft()),
    'DELETE /posts/{postId}': () => send('DELETE', `/posts/${doomed.pop()}`),
    'PUT /devices/{deviceId}': () => send('PUT', rawPath, JSON.parse(body)),
    'DELETE /devices/{deviceId}': () => send('DELETE', rawPath),
    'PUT /posts (404)': () => send('PUT', '/posts', {}),
  };
};

const latencyOf = async (name: string, request: () => Promise<Response>): Promise<number> => {
  await systemClock.sleep(MILLISECONDS_BETWEEN);
  const began = performance.now();
  const response = await request();
  const body = await response.text();
  const latency = performance.now() - began;
  if (response.status >= 400 && !name.includes(`${response.status}`)) {
    throw new Error(`${name} answered ${response.status}: ${body}`);
  }
  return latency;
};

/** The latency of each route of the local stack, one request at a time, against a handler that only returns. */
export const api = async (): Promise<Row[]> => {
  const data = mkdtempSync(join(tmpdir(), 'bench-api-'));
  const bare = await launchStack({
    serviceDirectory: join(import.meta.dirname, 'bare'),
    dataDirectory: join(data, 'bare'),
  });
  const stack = await launchStack({ serviceDirectory, dataDirectory: join(data, 'api') });
  try {
    const probes = Object.entries(await probesOf(stack, bare));
    const figures = await alternately(
      WARM_UP + REQUESTS,
      Object.fromEntries(probes.map(([name, request]) => [name, () => latencyOf(name, request)])),
    );
    const summaries = probes.map(([name]) => {
      const latencies = (figures.get(name) ?? []).slice(WARM_UP);
      return { name, p50: median(latencies), p99: percentile(latencies, 0.99) };
    });
    const base = summaries.find(({ name }) => name === BASE);
    if (!base) throw new Error('nothing was measured');
    const inWords = ({ p50, p99 }: { p50: number; p99: number }) =>
      `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
    return summaries
      .filter((summary) => summary !== base)
      .map((summary) => ({
        what: summary.name,
        against: `${BASE}: ${inWords(base)}`,
        measured: inWords(summary),
        ratio: `p50 ${(summary.p50 / base.p50).toFixed(1)}, p99 ${(summary.p99 / base.p99).toFixed(1)}`,
        goal: '-',
        met: undefined,
      }));
  } finally {
    await Promise.all([stack.stop(), bare.stop()]);
    await forgetData(data);
  }
};

if (import.meta.main) await runAlone(api);
