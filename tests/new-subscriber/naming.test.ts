import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { Change } from '#lib/events/change.ts';
import { PostEvent } from '#lib/events/post-event.ts';
import { leaveOutCode, packageCopy } from '#tests/support/compiled-service.ts';
import { filesOf, withInclude, withoutInclude } from '../../scripts/new-subscriber/files.ts';
import { changesOf, namingOf, type Surroundings } from '../../scripts/new-subscriber/naming.ts';
import { copyService } from '../../scripts/service-copy.ts';
import { functionKeys } from '../../scripts/subscribers.ts';

const NOTHING: Surroundings = { functions: [], logicalIds: [], samples: [] };
const SERVICE: Surroundings = {
  functions: functionKeys(),
  logicalIds: ['HttpApiLogGroup', 'PaymentsQueue'],
  samples: ['broadcaster', 'broadcaster-mixed-batch'],
};

describe('a name', () => {
  test('names folder, function and queue', () => {
    expect(namingOf('audit-log', SERVICE)).toEqual({
      name: 'audit-log',
      key: 'auditLog',
      queue: 'AuditLogQueue',
    });
  });

  test.each([
    [undefined, 'Which name?'],
    ['AuditLog', 'cannot be a name'],
    ['audit_log', 'cannot be a name'],
    ['-audit', 'cannot be a name'],
    ['audit--log', 'cannot be a name'],
    ['2nd', 'cannot be a name'],
    ['../audit', 'cannot be a name'],
    ['a-very-long-name-for-a-subscriber', 'is too long'],
    ['constructor', 'JavaScript object'],
    ['has-own-property', 'JavaScript object'],
    ['to-string', 'JavaScript object'],
    ['value-of', 'JavaScript object'],
    ['class', 'reserved word'],
    ['new', 'reserved word'],
    ['await', 'reserved word'],
    ['eval', 'reserved word'],
    ['null', 'reserved word'],
    ['on', 'not a text in YAML'],
    ['yes', 'not a text in YAML'],
    ['n', 'not a text in YAML'],
    ['nul', 'device on Windows'],
    ['com1', 'device on Windows'],
    ['dist', 'git ignores'],
    ['get-open-api', 'functions/get-openapi has the function getOpenApi'],
    ['getpost', 'functions/get-post has the function getPost'],
    ['http-api', 'the stack already has HttpApiLogGroup'],
    ['payments', 'the stack already has PaymentsQueue'],
    ['archive-dead-letter', 'the stack already has ArchiveDeadLetterQueue'],
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
      for (const [path, text] of filesOf(namingOf(name, surroundings), ['published'])) {
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
    const missing = accepted.filter((name) => !Object.hasOwn(Resources, namingOf(name, NOTHING).queue));
    expect({ seed, accepted: accepted.length, missing }).toEqual({ seed, accepted: 20, missing: [] });
  }, 120_000);
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
