import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { PostEvent, postEventOf } from '#lib/events/post-event.ts';
import { authOf } from '#lib/http/route.ts';
import { asyncApiDocument } from '../../scripts/contracts/asyncapi.ts';
import { CONTRACTS, contractText } from '../../scripts/contracts/index.ts';
import { openApiDocument } from '../../scripts/contracts/openapi.ts';
import { readRoutes } from '../../scripts/contracts/routes.ts';
import { subscribers } from '../../scripts/subscribers.ts';

const root = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');

test.each(Object.entries(CONTRACTS))(
  'docs/%s is what the code says (npm run contracts)',
  async (file, document) => {
    expect(read(`docs/${file}`)).toBe(contractText(await document()));
  },
);

test('the documents pass the linter without a warning', () => {
  const output = execFileSync('node_modules/.bin/redocly', ['lint', '--format=json'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const reports = output.match(/"totals": \{[^}]*\}/g) ?? [];
  expect(reports).toHaveLength(2);
  for (const report of reports) expect(report).toMatch(/"errors": 0,\s*"warnings": 0/);
});

test('every route has the authorizer exactly when it needs a user, and answers HEAD exactly when it answers GET', async () => {
  const routes = await readRoutes();
  expect(routes.length).toBeGreaterThanOrEqual(5);
  for (const route of routes) {
    expect([route.operationId, route.isAuthorized]).toEqual([
      route.operationId,
      authOf(route) === 'required',
    ]);
    expect([route.operationId, route.hasHead]).toEqual([route.operationId, route.method === 'GET']);
  }
});

test('every operation of the OpenAPI document says who may call it and how it can fail', async () => {
  const { paths = {} } = await openApiDocument();
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations)) {
      expect(operation.security).toBeDefined();
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['429', '500']));
    }
  }
});

const Operations = z.record(
  z.string(),
  z.object({
    bindings: z
      .object({ sns: z.object({ consumers: z.array(z.object({ filterPolicy: z.unknown() })) }) })
      .optional(),
  }),
);

test('the AsyncAPI document has an operation for every filter policy, with that policy', () => {
  const operations = Operations.parse(asyncApiDocument().operations);
  const documented = Object.values(operations).flatMap(({ bindings }) =>
    bindings ? bindings.sns.consumers.map(({ filterPolicy }) => filterPolicy) : [],
  );
  expect(subscribers().length).toBeGreaterThanOrEqual(3);
  expect(documented).toEqual(subscribers().map(({ filterPolicy }) => filterPolicy));
});

test("the event's JSON Schema takes what the broadcaster makes and nothing less", () => {
  const schema = z.fromJSONSchema(JSON.parse(read('docs/post-event.schema.json')));
  const post = {
    postId: '01J0000000000000000000000A',
    userId: 'ada',
    content: 'Hello',
    type: 'text',
    status: 'published',
    timestamp: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    version: 1,
  } as const;
  const event = postEventOf(
    { eventType: 'INSERT', after: post },
    { eventId: 'event', occurredAt: post.timestamp, correlationId: 'correlation' },
  );
  expect(schema.safeParse(event).success).toBe(true);
  for (const field of Object.keys(PostEvent.shape)) {
    const without = Object.fromEntries(Object.entries(event).filter(([name]) => name !== field));
    expect(schema.safeParse(without).success).toBe(PostEvent.safeParse(without).success);
  }
});
