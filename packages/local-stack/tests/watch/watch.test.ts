import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { systemClock } from '../../src/clock.ts';

const packageDirectory = resolve(import.meta.dirname, '../..');
const PORTS = ['http', 'identity', 'lambda', 'console', 'messaging', 'dynamodb'];

let service: string;
let child: ChildProcess;
let api: string;
let said = '';

/** Resolves when the stack has said it, from `from` on. @throws when it ended before */
const until = async (pattern: RegExp, from = 0): Promise<RegExpExecArray> => {
  for (;;) {
    const found = pattern.exec(said.slice(from));
    if (found) return found;
    if (child.exitCode !== null) throw new Error(`the stack ended:\n${said}`);
    await systemClock.sleep(10);
  }
};
const get = async (path: string): Promise<string> => (await fetch(`${api}${path}`)).text();
const edit = async (file: string, from: string, to: string): Promise<void> => {
  const text = await readFile(join(service, file), 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  await writeFile(join(service, file), text.replace(from, to));
};
const untilAnswer = async (path: string, answer: string): Promise<void> => {
  while ((await get(path)) !== answer) await systemClock.sleep(10);
};

beforeAll(async () => {
  service = await mkdtemp(join(tmpdir(), 'watched-'));
  await cp(join(import.meta.dirname, 'service'), service, { recursive: true });
  await writeFile(join(service, 'package.json'), '{ "private": true }');
  await symlink(resolve(packageDirectory, '../../node_modules'), join(service, 'node_modules'));
  const words = PORTS.flatMap((part) => [`--${part}Port`, '0']);
  child = spawn(process.execPath, [join(packageDirectory, 'bin.cjs'), 'start', '--quiet', ...words], {
    cwd: service,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  [, api = ''] = await until(/HTTP API\s+(http:\S+)\s/);
}, 120_000);
afterAll(async () => {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
  await rm(service, { recursive: true, force: true });
});

test('a saved source runs at the next invocation of the functions that it reaches', async () => {
  expect(await get('/greet')).toBe('hello first');
  await edit('words.ts', 'first', 'second');
  await untilAnswer('/greet', 'hello second');
  expect(said).toMatch(/words\.ts: 1 function in \d+ ms/);
}, 60_000);

test('a source that cannot be built is told with its place, and the code before goes on', async () => {
  const from = said.length;
  await edit('words.ts', "'second'", "'sec");
  await until(/words\.ts: build failed[\s\S]*words\.ts:1:\d+: Unterminated string/, from);
  expect(await get('/greet')).toBe('hello second');
  await edit('words.ts', "'sec", "'third'");
  await untilAnswer('/greet', 'hello third');
}, 60_000);

test('a changed configuration is packaged and reloaded, and data stays', async () => {
  await untilAnswer('/count', '1');
  await edit('serverless.yml', 'GREETING: hello', 'GREETING: goodbye');
  await edit('serverless.yml', 'GET /greet', 'GET /greet\n      - httpApi: GET /again');
  await untilAnswer('/again', 'goodbye third');
  expect(await get('/count')).toBe('2');
}, 120_000);

test('a schedule and a subscription that are added run, and end when they are taken out', async () => {
  const urlOf = (what: RegExp) => what.exec(said)?.[1] ?? '';
  const consoleUrl = urlOf(/Console\s+(http:\S+)\s/);
  const sns = new SNSClient({
    ...{ region: 'us-east-1', endpoint: urlOf(/SNS, SQS, S3\s+(http:\S+)\s/) },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const asked = (path: string): Promise<string> =>
    fetch(`${consoleUrl}${path}`).then(
      (answer) => answer.text(),
      // The console starts again with each configuration.
      () => '',
    );
  const untilAsked = async (path: string, holds: (answer: string) => boolean) => {
    while (!holds(await asked(path))) await systemClock.sleep(10);
  };
  const events = 'GET /again\n      - schedule: rate(1 hour)\n      - sns: greetings';
  await edit('serverless.yml', 'GET /again', events);
  await untilAsked('/schedules', (answer) => answer.includes('"expression":"rate(1 hour)"'));
  const TopicArn = 'arn:aws:sns:us-east-1:000000000000:greetings';
  await sns.send(new PublishCommand({ TopicArn, Message: 'hello' }));
  await untilAsked('/metrics', (answer) => answer.includes('"name":"AsyncEventsReceived"'));

  await edit('serverless.yml', events, 'GET /again');
  await untilAsked('/schedules', (answer) => answer === '[]');
  sns.destroy();
}, 120_000);

test('a configuration that cannot be served is told, and what ran before goes on', async () => {
  const from = said.length;
  await edit(
    'serverless.yml',
    '  Resources:\n',
    '  Resources:\n    Nightly: { Type: "AWS::Events::Rule", Properties: {} }\n',
  );
  await until(/serverless\.yml: not reloaded[\s\S]*Nightly \(AWS::Events::Rule\)/, from);
  expect(await get('/greet')).toBe('goodbye third');
  await edit('serverless.yml', '    Nightly: { Type: "AWS::Events::Rule", Properties: {} }\n', '');
  await until(/serverless\.yml: reloaded/, from);
}, 120_000);

test('requests under way while sources are saved are all answered, by the old code or by the new', async () => {
  const answers = new Set<string>();
  let last = 0;
  const edits = (async () => {
    for (last = 1; last <= 5; last += 1) {
      await edit('words.ts', last === 1 ? 'third' : `n${last - 1}`, `n${last}`);
      await untilAnswer('/greet', `goodbye n${last}`);
    }
    last = Number.POSITIVE_INFINITY;
  })();
  while (last !== Number.POSITIVE_INFINITY) {
    const responses = await Promise.all(Array.from({ length: 4 }, () => fetch(`${api}/greet`)));
    for (const response of responses) {
      expect(response.status).toBe(200);
      answers.add(await response.text());
    }
  }
  await edits;
  expect(answers.has('goodbye n5')).toBe(true);
}, 120_000);
