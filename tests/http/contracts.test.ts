import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { PostEvent, postEventOf } from '#lib/events/post-event.ts';
import { ROUTES } from '#lib/http/routes/index.ts';
import { unmatchedRoute } from '#lib/http/routes/service.ts';
import { asyncApiDocument } from '../../scripts/contracts/asyncapi.ts';
import { CONTRACTS, contractText } from '../../scripts/contracts/index.ts';
import { openApiDocument } from '../../scripts/contracts/openapi.ts';
import { subscribers } from '../../scripts/subscribers.ts';

const root = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');

test.each(Object.entries(CONTRACTS))(
  'docs/%s is what the code says (npm run contracts)',
  (file, document) => {
    expect(read(`docs/${file}`)).toBe(contractText(document()));
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

const HttpApiEvent = z.union([
  z.literal('*').transform(() => ({ method: 'ANY', path: '$default', authorizer: undefined })),
  z.object({ method: z.string(), path: z.string(), authorizer: z.object({ name: z.string() }).optional() }),
]);
const FunctionFile = z.record(
  z.string(),
  z.object({ events: z.array(z.object({ httpApi: HttpApiEvent }).partial()).default([]) }),
);

const intrinsics = ['!Ref', '!GetAtt', '!Sub', '!If'].flatMap((tag) => [
  { tag, resolve: (text: string) => text },
  { tag, collection: 'seq' as const, resolve: (sequence: unknown) => sequence },
]);

test('the deployed routes are the declared ones, each with an authorizer exactly when it needs a user', () => {
  const deployed = readdirSync(new URL('functions/', root))
    .map((name) =>
      FunctionFile.parse(parse(read(`functions/${name}/function.yml`), { customTags: intrinsics })),
    )
    .flatMap((file) => Object.entries(file))
    .flatMap(([key, { events }]) =>
      events.flatMap(({ httpApi }) =>
        httpApi ? [`${key}: ${httpApi.method} ${httpApi.path} ${httpApi.authorizer?.name}`] : [],
      ),
    );
  const shadowed = 'unmatchedRoute: * /posts/search undefined';
  const declared = [...ROUTES, unmatchedRoute].map(
    ({ operationId, method, path, auth }) =>
      `${operationId}: ${method} ${path} ${auth.kind === 'required' ? 'users' : undefined}`,
  );
  expect(deployed.toSorted()).toEqual([...declared, shadowed].toSorted());
});

test('every operation of the OpenAPI document says who may call it and how it can fail', () => {
  for (const operations of Object.values(openApiDocument().paths ?? {})) {
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
    expect(schema.safeParse({ ...event, [field]: undefined }).success).toBe(false);
  }
});
