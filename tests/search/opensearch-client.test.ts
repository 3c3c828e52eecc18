import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { errors } from '@opensearch-project/opensearch';
import { problemOf } from '#lib/http/problem-details.ts';
import { openSearchClient } from '#lib/search/opensearch/client.ts';
import { openSearchReader } from '#lib/search/opensearch/reader.ts';

// What a real server cannot be made to do. Everything else is judged by one: npm run judges -w lab -- opensearch

type Answer = { status: number; body: object } | 'hangs' | 'closes';
const NOTHING_FOUND = { status: 200, body: { hits: { hits: [] } } };

let server: Server;
let answers: Answer[];
let requests: { at: number; headers: IncomingMessage['headers'] }[];
let environment: typeof process.env;

beforeAll(async () => {
  environment = process.env;
  process.env = { ...environment, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  server = createServer((request, response) => {
    requests.push({ at: performance.now(), headers: request.headers });
    const answer = answers.shift() ?? NOTHING_FOUND;
    if (answer === 'closes') request.socket.destroy();
    if (typeof answer !== 'object') return;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(() => {
  answers = [];
  requests = [];
});
afterAll(async () => {
  process.env = environment;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const search = (timeout?: number) => {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port was given');
  const OPENSEARCH_ENDPOINT = `http://127.0.0.1:${address.port}`;
  const client = openSearchClient({ OPENSEARCH_ENDPOINT, AWS_REGION: 'eu-west-1' }, timeout);
  return openSearchReader(client).search({ text: 'rain', limit: 5 });
};
const failing = (status: number) => ({
  status,
  body: {
    error: { type: 'es_exception', root_cause: [{ type: 'es_exception', reason: 'too busy' }] },
    status,
  },
});

test('requests are signed for the service and its region', async () => {
  await search();
  expect(requests[0]?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/eu-west-1\/es\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/,
  );
});

test.each<Answer>([failing(429), failing(503), failing(504), 'closes'])(
  'a request is made once more, after a pause, when the domain answers %j',
  async (answer) => {
    answers = [answer];
    expect(await search()).toEqual({ items: [], next: undefined });
    const [first, second] = requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(195);
  },
);

test('a request is not made a third time, and fails with the reason of the engine', async () => {
  answers = [failing(503), failing(503), NOTHING_FOUND];
  await expect(search()).rejects.toMatchObject({
    cause: { message: expect.stringContaining('es_exception: [es_exception] Reason: too busy') },
  });
  expect(requests).toHaveLength(2);
});

test('a domain that never answers is given up twice', async () => {
  answers = ['hangs', 'hangs', NOTHING_FOUND];
  await expect(search(50)).rejects.toMatchObject({ cause: expect.any(errors.TimeoutError) });
  expect(requests).toHaveLength(2);
});

test('what would fail again is not repeated', async () => {
  answers = [failing(400), NOTHING_FOUND];
  await expect(search()).rejects.toMatchObject({ cause: expect.any(errors.ResponseError) });
  expect(requests).toHaveLength(1);
});

test.each<[string, Answer]>([
  ['is busy', failing(503)],
  ['closes the connection', 'closes'],
  ['refuses the request', failing(403)],
])('a caller gets 503 and when to try again when the domain %s', async (_, answer) => {
  answers = [answer, answer];
  const problem = problemOf(await search().catch((error: unknown) => error));
  expect(problem).toMatchObject({ status: 503, problem: 'unavailable', headers: { 'retry-after': '5' } });
});
