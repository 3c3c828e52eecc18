import type { Naming } from '../new-function/naming.ts';
import type { Address } from './address.ts';
import { sampleOf } from './sample.ts';

/** Schemas of lib/posts/post.ts, by the names of the parameters that they check. */
const KNOWN_SCHEMAS: Readonly<Record<string, string>> = { postId: 'PostId', userId: 'UserId' };

const lines = (...parts: (string | readonly string[])[]): string => `${parts.flat().join('\n')}\n`;

const answersJson = ({ method }: Address): boolean => method === 'GET';

const functionOf = ({ name, key }: Naming, { method, path, caller }: Address): string => {
  const authorized = (verb: string) =>
    `    - httpApi: { method: ${verb}, path: "${path}", authorizer: { name: users } }`;
  const open = (verb: string) => `    - httpApi: ${verb} ${path}`;
  const event = caller === 'required' ? authorized : open;
  return lines(
    `${key}:`,
    `  handler: functions/${name}/handler.handler`,
    `  description: ${method} ${path}`,
    caller === 'optional'
      ? [
          '  environment:',
          `    TOKEN_ISSUER: \${self:custom.stack.tokens.issuer}`,
          `    TOKEN_AUDIENCE: \${self:custom.stack.tokens.audience}`,
        ]
      : [],
    '  # What the handler uses is allowed here, action by action.',
    '  iamRoleStatements: []',
    '  events:',
    event(method),
    // An HTTP API does not answer HEAD by GET.
    method === 'GET' ? event('HEAD') : [],
  );
};

const requestOf = ({ parameters, caller }: Address): string => {
  const params = parameters.map((name) => `${name}: ${KNOWN_SCHEMAS[name] ?? 'z.string().min(1).max(128)'}`);
  const parts = [
    ...(caller === 'none' ? [] : [caller === 'optional' ? 'userId: UserId.optional()' : 'userId: UserId']),
    ...(params.length > 0 ? [`params: z.strictObject({ ${params.join(', ')} })`] : []),
  ];
  return parts.length === 0 ? 'z.object({})' : `z.object({ ${parts.join(', ')} })`;
};

const routeOf = ({ id }: Naming, address: Address): string => {
  const schemas = new Set([
    ...address.parameters.flatMap((name) => KNOWN_SCHEMAS[name] ?? []),
    ...(address.caller === 'none' ? [] : ['UserId']),
  ]);
  const hasJson = answersJson(address);
  return lines(
    "import * as z from 'zod';",
    "import type { Route } from '#lib/http/route.ts';",
    schemas.size > 0 ? `import { ${[...schemas].toSorted().join(', ')} } from '#lib/posts/post.ts';` : [],
    hasJson ? ['', `const Body = z.object({ message: z.string() }).meta({ id: '${id}' });`] : [],
    '',
    'export const route = {',
    "  tag: 'Posts',",
    "  summary: 'Say here what the route does',",
    `  request: ${requestOf(address)},`,
    hasJson
      ? "  answers: { 200: { description: 'Say here what it answers.', body: Body, headers: ['Cache-Control'] } },"
      : "  answers: { 204: { description: 'Done.' } },",
    '} as const satisfies Route;',
  );
};

const handlerOf = (address: Address): string =>
  lines(
    "import { api } from '#lib/http/api.ts';",
    `import { ${answersJson(address) ? 'json' : 'empty'} } from '#lib/http/response.ts';`,
    "import { route } from './route.ts';",
    '',
    `/** ${address.method} ${address.path} */`,
    answersJson(address)
      ? [
          'export const handler = api(route, async () =>',
          "  json(200, { message: 'It works.' }, { 'cache-control': 'no-store' }),",
          ');',
        ]
      : 'export const handler = api(route, async () => empty(204));',
  );

const testOf = ({ name }: Naming, address: Address): string => {
  const { parameters, caller } = address;
  const params = parameters.map((parameter) => `${parameter}: '${exampleOf(parameter)}'`).join(', ');
  const claims = "claims: { sub: 'ada' }";
  const request = [
    ...(caller === 'required' ? [claims] : []),
    ...(params === '' ? [] : [`params: { ${params} }`]),
  ].join(', ');
  return lines(
    "import { type Answer, caller, captureLogs, startTestApi, type TestApi } from './api.ts';",
    "import type { TestRequest } from './requests.ts';",
    '',
    'let api: TestApi;',
    'let call: (request?: TestRequest) => Promise<Answer>;',
    'let logs: ReturnType<typeof captureLogs>;',
    '',
    'beforeAll(async () => {',
    '  api = await startTestApi();',
    `  call = await caller('${name}');`,
    '  logs = captureLogs();',
    '});',
    'afterAll(async () => {',
    '  logs.stop();',
    '  await api.stop();',
    '});',
    '',
    `test('answers', async () => {`,
    `  const answer = await call(${request && `{ ${request} }`});`,
    `  expect(answer.status).toBe(${answersJson(address) ? 200 : 204});`,
    '});',
    caller === 'required'
      ? [
          '',
          "test('refuses a caller without a subject', async () => {",
          `  expect((await call({ claims: {}${params && `, params: { ${params} }`} })).status).toBe(401);`,
          '});',
        ]
      : [],
  );
};

/** A value for a parameter in samples and tests. The post is one of events/seed.json. */
export const exampleOf = (parameter: string): string =>
  ({ postId: '01KAHQXMP00000000000000001', userId: 'ada' })[parameter] ?? 'example';

/** Where the files of a route are, below the service. */
export const pathsOf = ({ name }: Pick<Naming, 'name'>) => ({
  route: `functions/${name}/route.ts`,
  handler: `functions/${name}/handler.ts`,
  function: `functions/${name}/function.yml`,
  sample: `events/${name}.json`,
  test: `tests/http/${name}.test.ts`,
});

/** The files of a new route: their paths below the service, and what is in them. */
export const filesOf = (naming: Naming, address: Address): Map<string, string> => {
  const paths = pathsOf(naming);
  return new Map([
    [paths.route, routeOf(naming, address)],
    [paths.handler, handlerOf(address)],
    [paths.function, functionOf(naming, address)],
    [paths.sample, sampleOf(address, exampleOf)],
    [paths.test, testOf(naming, address)],
  ]);
};
