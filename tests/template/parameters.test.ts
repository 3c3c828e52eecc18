import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageCopy } from '#tests/support/compiled-service.ts';
import { serviceName } from '../../ops/service.ts';
import { copyService } from '../../scripts/service-copy.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8');
const { parseParameters, schemaFor } = createRequire(import.meta.url)('../../resources/parameters.js');

const Values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const { params } = z
  .object({ params: z.object({ default: Values, prod: Values }) })
  .parse(parse(read('serverless.yml')));

/** The parameters, parsed, with some given otherwise. */
const parsed = (given: z.infer<typeof Values>): Record<string, unknown> =>
  parseParameters(
    { stage: 'dev', ...params.default, ...given },
    { service: 'post-broadcast', region: 'us-east-1' },
  );
const refusalOf = (given: z.infer<typeof Values>): string => {
  try {
    parsed(given);
    return 'accepted';
  } catch (error) {
    return z.instanceof(Error).parse(error).message;
  }
};
const allowedFor = (name: string): string => schemaFor('post-broadcast').shape[name].meta().allowed;

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';

test.each([
  ...['True', 'TRUE', 'maybe', 'yes', '1', ''].map((value) => ['retainData', value]),
  ...['0', '1.1', '7', '-0.5', 'high', '0.0', '0,7', '1e-1', 'NaN'].map((value) => [
    'toxicityThreshold',
    value,
  ]),
  ...['0', '301', '-1', '1.5', 'a minute'].map((value) => ['archiveWindow', value]),
  ...['0', '-1', '3651', '30d', '007', '1e3', '0x10', ' 5', '٣'].map((value) => [
    'failureRetentionInDays',
    value,
  ]),
  ...['0', 'forever'].map((value) => ['archiveRetentionInDays', value]),
  ...['2', '31', '-14', '14.0', '3654'].map((value) => ['logRetentionInDays', value]),
  ...['notanemail', 'a@b', 'a@example.com,b@example.com', '@example.com'].map((value) => [
    'alarmEmail',
    value,
  ]),
  ...['0', 'abc', '-5', '1.5', '100001', 'Infinity'].map((value) => ['apiRateLimit', value]),
  ...['0', '-5', 'abc'].map((value) => ['apiBurstLimit', value]),
  ...['1', '0', '1001', 'many'].map((value) => ['concurrency', value]),
  ...['-1', '301', '0.5'].map((value) => ['batchingWindow', value]),
  ...['-1', '901', '15m'].map((value) => ['reminderDelay', value]),
  ...['0', '-1', 'none', '1.5'].flatMap((value) => [
    ['maxReadUnits', value],
    ['maxWriteUnits', value],
  ]),
  ...[
    'example.com',
    'https://a.example/',
    'https://a.example/path',
    'https://a.example?x',
    'ftp://a.example',
  ].map((value) => ['corsOrigins', value]),
  ...[
    'https://A.example',
    'https://a.example:443',
    '*,https://a.example',
    'https://*.example',
    'null',
    '',
  ].map((value) => ['corsOrigins', value]),
  ...[
    'https://a.example,,https://b.example',
    'https://a.example,https://a.example',
    'https://a.example;https://b.example',
  ].map((value) => ['corsOrigins', value]),
  ...['FOO', 'info', 'SILENT', ''].map((value) => ['logLevel', value]),
  ...['active', 'On', 'off'].map((value) => ['tracing', value]),
  ...['opensearc', 'OpenSearch', 'none'].map((value) => ['search', value]),
  ...['rule', 'comprehend,rules', 'rules, comprehend', 'off'].map((value) => ['moderation', value]),
  ...['true', 'ON', 'yes'].flatMap((value) =>
    ['archive', 'reminders', 'topicTracePolicy'].map((name) => [name, value]),
  ),
  ...['yes', 'alias/aws/sns', 'arn:aws:kms:us-east-1:123456789012:alias/mine', KEY.slice(0, -1)].map(
    (value) => ['customerKey', value],
  ),
  ...['a'.repeat(65), 'a'.repeat(64), 'Prod', '1st', 'dev_2', 'dev-', ''].map((value) => ['stage', value]),
])('%s=%s is refused by name, value and what is allowed', (name = '', value = '') => {
  expect(refusalOf({ [name]: value })).toContain(`${name} must be ${allowedFor(name)} and is "${value}"`);
});

test.each([
  ['http://issuer.example/', 'posts'],
  ['issuer.example', 'posts'],
  ['https://', 'posts'],
  ['https://issuer.example/?tenant=1', 'posts'],
  ['https://issuer.example/#x', 'posts'],
  ['https://issuer.example/', 'two words'],
  ['https://issuer.example/', ''],
  ['', 'posts'],
])('issuer=%s with audience=%s is refused', (issuer, audience) => {
  expect(refusalOf({ issuer, audience })).toMatch(/(issuer|audience) must be .* and is "/);
});

test('a key of another region is refused: tables cannot use it', () => {
  const elsewhere = KEY.replace('us-east-1', 'eu-west-1');
  expect(refusalOf({ customerKey: elsewhere })).toContain(
    `customerKey must be a key in us-east-1 and is "${elsewhere}"`,
  );
});

test.each([
  ['retainData', 'true', true],
  ['retainData', false, false],
  ['toxicityThreshold', '1', 1],
  ['toxicityThreshold', 0.05, 0.05],
  ['logRetentionInDays', 3653, 3653],
  ['alarmEmail', 'ops+alarms@example.co.uk', 'ops+alarms@example.co.uk'],
  ['apiRateLimit', '10000', 10_000],
  ['batchingWindow', '0', 0],
  ['maxReadUnits', '', undefined],
  ['corsOrigins', '*', ['*']],
  ['corsOrigins', 'https://a.example, http://localhost:5173', ['https://a.example', 'http://localhost:5173']],
  ['customerKey', KEY, KEY],
  ['stage', 'a'.repeat(24), 'a'.repeat(24)],
])('%s=%s is accepted, parsed', (name, value, expected) => {
  expect(parsed({ [name]: value })[name]).toEqual(expected);
});

test('the defaults of every stage are accepted', () => {
  expect(parsed({}).retainData).toBe(false);
  expect(parsed(params.prod).retainData).toBe(true);
});

test('a number is accepted exactly between its bounds', () => {
  const bounds = Object.keys(params.default).flatMap((name) => {
    const [, min, max] = /a whole number from ([\d,]+) to ([\d,]+)$/.exec(allowedFor(name)) ?? [];
    return min && max
      ? [{ name, min: Number(min.replaceAll(',', '')), max: Number(max.replaceAll(',', '')) }]
      : [];
  });
  expect(bounds.length).toBeGreaterThanOrEqual(5);
  fc.assert(
    fc.property(
      fc.constantFrom(...bounds),
      fc.integer({ min: -10, max: 2_000_000 }),
      ({ name, min, max }, value) => {
        expect(refusalOf({ [name]: value }) === 'accepted').toBe(value >= min && value <= max);
      },
    ),
  );
});

test('whatever text a parameter is given, it is accepted or refused by name', () => {
  const names = Object.keys(params.default);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.string({ unit: 'grapheme' }), (name, value) => {
      const refusal = refusalOf({ [name]: value });
      // Only these two need each other.
      const partner = { issuer: 'audience', audience: 'issuer' }[name];
      expect(
        refusal === 'accepted' ||
          refusal.includes(`${name} must be`) ||
          refusal.includes(`${partner} must be`),
      ).toBe(true);
    }),
  );
});

describe('the framework', () => {
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'parameters-'));
    await copyService(copy);
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  const toldFor = (...words: string[]): Promise<string> =>
    packageCopy(copy, words).then(
      () => 'packaged',
      ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
    );

  test('tells all that is wrong at once, names that are no parameters among it, without a stack', async () => {
    const told = await toldFor(
      ...['--stage', 'b'.repeat(60)],
      ...[
        'retainData=maybe',
        'retaindata=true',
        'serach=opensearch',
        'constructor=1',
        'apiRateLimit=0',
      ].flatMap((text) => ['--param', text]),
    );
    for (const problem of [
      `stage must be ${schemaFor(serviceName).shape.stage.meta().allowed} and is "${'b'.repeat(60)}"`,
      'retainData must be true or false and is "maybe"',
      'retaindata is not a parameter: is retainData meant?',
      'serach is not a parameter',
      'constructor is not a parameter',
      `apiRateLimit must be ${allowedFor('apiRateLimit')} and is "0"`,
    ]) {
      expect(told).toContain(problem);
    }
    expect(told).not.toMatch(/^ +at /m);
  }, 60_000);

  test('refuses a parameter that is given twice', async () => {
    expect(await toldFor('--param', 'archive=on', '--param', 'archive=off')).toContain(
      'archive is given twice',
    );
  }, 60_000);
});

test('parameters are read where they are parsed, and nowhere else', () => {
  const resources = readdirSync(new URL('resources', ROOT))
    .filter((file) => /\.(js|yml)$/.test(file) && file !== 'settings.js')
    .map((file) => `resources/${file}`);
  for (const file of ['serverless.yml', ...resources]) expect(read(file)).not.toMatch(/\bparam:/);
});

test('the documentation lists every parameter with its defaults and what is allowed', () => {
  const text = (value: unknown): string => (value === '' ? 'nothing' : `\`${value}\``);
  const documented = read('docs/operations.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, name = '']) => name.replaceAll('`', '') in params.default)
    .map(([, name = '', byDefault, onProd, mustBe]) => ({
      name: name.replaceAll('`', ''),
      byDefault,
      onProd,
      mustBe,
    }));
  expect(documented).toEqual(
    Object.entries(params.default).map(([name, value]) => ({
      name,
      byDefault: text(value),
      onProd: name in params.prod ? text(params.prod[name]) : '',
      mustBe: allowedFor(name),
    })),
  );
});
