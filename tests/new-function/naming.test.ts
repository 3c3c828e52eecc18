import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { Change } from '#lib/events/change.ts';
import { PostEvent } from '#lib/events/post-event.ts';
import { leaveOutCode, packageCopy } from '#tests/support/compiled-service.ts';
import { namingOf, type Surroundings } from '../../scripts/new-function/naming.ts';
import { withInclude, withoutInclude } from '../../scripts/new-function/workspace.ts';
import { addressOf } from '../../scripts/new-route/address.ts';
import { filesOf as routeFilesOf } from '../../scripts/new-route/files.ts';
import { changesOf } from '../../scripts/new-subscriber/changes.ts';
import { filesOf } from '../../scripts/new-subscriber/files.ts';
import { copyService } from '../../scripts/service-copy.ts';
import { functionKeys } from '../../scripts/subscribers.ts';

const NOTHING: Surroundings = { functions: [], logicalIds: [], samples: [] };
const SERVICE: Surroundings = {
  functions: functionKeys(),
  logicalIds: ['HttpApiLogGroup', 'PaymentsQueue'],
  samples: ['broadcaster', 'broadcaster-mixed-batch'],
};

describe('a name', () => {
  test('names folder, function and resources', () => {
    expect(namingOf('audit-log', SERVICE)).toEqual({ name: 'audit-log', key: 'auditLog', id: 'AuditLog' });
  });

  test.each([
    ['AuditLog', 'is not a valid name'],
    ['audit_log', 'is not a valid name'],
    ['-audit', 'is not a valid name'],
    ['audit--log', 'is not a valid name'],
    ['2nd', 'is not a valid name'],
    ['../audit', 'is not a valid name'],
    [`${'long-name-'.repeat(6)}of-a-subscriber`, 'is too long'],
    ['constructor', 'property of every JavaScript object'],
    ['has-own-property', 'property of every JavaScript object'],
    ['to-string', 'property of every JavaScript object'],
    ['value-of', 'property of every JavaScript object'],
    ['class', 'reserved word'],
    ['new', 'reserved word'],
    ['await', 'reserved word'],
    ['eval', 'reserved word'],
    ['null', 'reserved word'],
    ['on', 'not a string in YAML'],
    ['yes', 'not a string in YAML'],
    ['n', 'not a string in YAML'],
    ['nul', 'device on Windows'],
    ['com1', 'device on Windows'],
    ['dist', 'git ignores'],
    ['get-open-api', 'functions/get-openapi has the function getOpenApi'],
    ['getopenapi', 'functions/get-openapi has the function getOpenApi'],
    ['http-api', 'the stack already has HttpApiLogGroup'],
    ['payments', 'the stack already has PaymentsQueue'],
    ['broadcaster-dead-letter', 'the stack already has BroadcasterDeadLetterQueue'],
    ['broadcaster-mixed', 'would claim the sample events/broadcaster-mixed-batch.json'],
  ])('%s is refused with a reason', (name, reason) => {
    expect(() => namingOf(name, SERVICE)).toThrow(reason);
  });
});

describe('whatever name is accepted', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
  const ordinary = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('-'));
  // Names that mean something to one of those who read them.
  const loaded = fc.constantFrom(
    ...[
      'then',
      'length',
      'name',
      'prototype',
      'arguments',
      'undefined',
      'nan',
      'infinity',
      'index',
      'default',
    ],
    ...[
      'e1',
      'x0',
      'ref',
      'fn-sub',
      'get-att',
      'condition',
      'resources',
      'function',
      'queue',
      'lambda-function',
    ],
    ...[
      'aws',
      'self',
      'file',
      'env',
      'custom',
      'test',
      'local',
      'aux',
      'proto',
      'to-json',
      'off',
      'true',
      'y',
    ],
  );

  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'names-'));
    await copyService(copy);
    await leaveOutCode(copy);
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  /** Half of the names become routes, the others subscribers. */
  const isRoute = (name: string): boolean => name.length % 2 === 0;
  const isAccepted = (name: string, surroundings: Surroundings): boolean => {
    try {
      namingOf(name, surroundings);
      return true;
    } catch {
      return false;
    }
  };

  test('packages, beside the others', async () => {
    const seed = Date.now();
    const drawn = fc.sample(fc.oneof(ordinary, loaded), { numRuns: 60, seed });
    const accepted: string[] = [];
    const file = join(copy, 'serverless.yml');
    let configuration = await readFile(file, 'utf8');
    for (const name of drawn) {
      const taken = accepted.map((folder) => ({ folder, key: namingOf(folder, NOTHING).key }));
      const surroundings = { ...SERVICE, functions: [...SERVICE.functions, ...taken] };
      if (accepted.includes(name) || !isAccepted(name, surroundings)) continue;
      const naming = namingOf(name, surroundings);
      const files = isRoute(name)
        ? routeFilesOf(naming, addressOf({ method: 'GET', path: `/things/${name}/{id}` }, []))
        : filesOf(naming, ['published']);
      for (const [path, text] of files) {
        mkdirSync(dirname(join(copy, path)), { recursive: true });
        writeFileSync(join(copy, path), text);
      }
      configuration = withInclude(configuration, name);
      accepted.push(name);
      if (accepted.length === 20) break;
    }
    await writeFile(file, configuration);
    await packageCopy(copy);
    const template: unknown = JSON.parse(
      await readFile(join(copy, '.serverless/cloudformation-template-update-stack.json'), 'utf8'),
    );
    const { Resources } = z.object({ Resources: z.record(z.string(), z.unknown()) }).parse(template);
    const missing = accepted.filter((name) => {
      const { id } = namingOf(name, NOTHING);
      return !Object.hasOwn(Resources, isRoute(name) ? `HttpApiIntegration${id}` : `${id}Queue`);
    });
    expect({ seed, accepted: accepted.length, missing }).toEqual({ seed, accepted: 20, missing: [] });
  }, 120_000);
});

describe("a route's address", () => {
  const ROUTES = [
    { method: 'GET', path: '/posts/{postId}', folder: 'get-post' },
    { method: 'PUT', path: '/push-key', folder: 'put-push-key' },
  ];

  test('is a method, a path with its parameters, and who may call', () => {
    expect(addressOf({ method: 'put', path: '/posts/{postId}/likes/{userId}' }, ROUTES)).toEqual({
      method: 'PUT',
      path: '/posts/{postId}/likes/{userId}',
      parameters: ['postId', 'userId'],
      caller: 'required',
    });
  });

  test.each([
    [{ path: '/likes' }, '--method must be GET, POST, PUT, PATCH or DELETE'],
    [{ method: 'TRACE', path: '/likes' }, '--method must be GET'],
    [{ method: 'GET' }, 'Which path?'],
    [{ method: 'GET', path: 'likes' }, 'must begin with /'],
    [{ method: 'GET', path: '/' }, 'must begin with /'],
    [{ method: 'GET', path: '/likes/' }, '"" must be lower-case words'],
    [{ method: 'GET', path: '/Likes' }, '"Likes" must be lower-case words'],
    [{ method: 'GET', path: '/likes?x=1' }, 'must be lower-case words'],
    [{ method: 'GET', path: '/likes/$default' }, 'must be lower-case words'],
    [{ method: 'GET', path: '/{proxy+}' }, '"{proxy+}" must be lower-case words'],
    [{ method: 'GET', path: '/{post_id}' }, 'must be lower-case words'],
    [{ method: 'GET', path: '/{class}' }, 'JavaScript uses "class" for something else'],
    [{ method: 'GET', path: '/{constructor}' }, 'JavaScript uses "constructor" for something else'],
    [{ method: 'GET', path: '/{prototype}' }, 'JavaScript uses "prototype" for something else'],
    [{ method: 'GET', path: '/{id}/{id}' }, 'has two parameters {id}'],
    [{ method: 'GET', path: `/${'a'.repeat(512)}` }, 'at most 512 characters'],
    [{ method: 'GET', path: '/posts/{id}' }, 'functions/get-post answers GET /posts/{postId} already'],
    [{ method: 'PUT', path: '/pushkey' }, 'functions/put-push-key answers PUT /push-key already'],
    [{ method: 'GET', path: '/likes', caller: 'maybe' }, '--caller must be required, optional or none'],
  ])('%j is refused with a reason', (given, reason) => {
    expect(() => addressOf(given, ROUTES)).toThrow(reason);
  });
});

describe('changes', () => {
  test('are separated by commas, each once', () => {
    expect(changesOf(' published, edited,published')).toEqual(['published', 'edited']);
  });

  test.each([undefined, '', ',', 'deleted', 'published;edited'])(
    '%j is refused, and told what there is',
    (text) => {
      expect(() => changesOf(text)).toThrow(Change.options.join(', '));
    },
  );
});

describe('serverless.yml', () => {
  const configuration = readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8');

  test('gets one line among the functions, and is as before without it', () => {
    const included = withInclude(configuration, 'audit-log');
    const functions = included.slice(included.indexOf('\nfunctions:'), included.indexOf('\nresources:'));
    expect(functions).toContain(`\n  - \${file(functions/audit-log/function.yml)}\n`);
    expect(withoutInclude(included, 'audit-log')).toBe(configuration);
  });
});

describe('the files', () => {
  const naming = namingOf('audit-log', NOTHING);

  test('leave no placeholder and are the same each time', () => {
    const files = filesOf(naming, Change.options);
    expect([...files.values()].join('\n')).not.toMatch(/__[A-Z_]+__/);
    expect(filesOf(naming, Change.options)).toEqual(files);
  });

  test.each(Change.options)('hold an event of "%s" that keeps the contract', (change) => {
    const sample = JSON.parse(filesOf(naming, [change]).get('events/audit-log.json') ?? '');
    expect(sample.Records).toHaveLength(1);
    expect(PostEvent.parse(JSON.parse(sample.Records[0].body)).change).toBe(change);
  });
});
