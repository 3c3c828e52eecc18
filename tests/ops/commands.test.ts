import { resolve } from 'node:path';
import { programsOf, runProgram } from '#tests/support/commands.ts';

const ROOT = resolve('.');
const run = (file: string, ...words: string[]) =>
  runProgram(ROOT, file, words, {
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    // Nothing listens there.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_MAX_ATTEMPTS: '1',
  });
const NO_STACK_TRACE = /^(?!.*\n +at )/s;

test.each(programsOf(ROOT))(
  'npm run %s refuses options that it does not know, and has help',
  async (_, file) => {
    const [unknown, help] = await Promise.all([run(file, '--nonsense'), run(file, '--help')]);
    expect(unknown).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Unknown option '--nonsense'/),
    });
    expect(unknown.stderr).toMatch(NO_STACK_TRACE);
    expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('npm run') });
  },
);

test('npm start refuses options that it does not know', async () => {
  const { code, stderr } = await run('packages/local-stack/bin.cjs', 'start', '--nonsense');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("'--nonsense'") });
  expect(stderr).toMatch(NO_STACK_TRACE);
});

describe('what the caller can correct is reported in one line', () => {
  const TOKEN = 'ops/token.ts';
  const REPLAY = 'ops/replay/index.ts';
  const REDRIVE = 'ops/redrive/index.ts';
  const UNREACHABLE = /ECONNREFUSED|connect/;
  test.each<[string, string, string[], string | RegExp]>([
    ['no user', TOKEN, [], '--email is missing'],
    ['an account out of reach', TOKEN, ['--email', 'a@example.com'], UNREACHABLE],
    [
      'the local stage',
      TOKEN,
      ['--email', 'a@example.com', '--stage', 'local'],
      'the local stack has its own issuer',
    ],
    ['a word too many', TOKEN, ['ada@example.com'], "Unexpected argument 'ada@example.com'"],
    [
      'a span that ends before it begins',
      REPLAY,
      ['--from', '1h', '--to', '2h'],
      '--from must be before --to',
    ],
    ['a span that has not begun', REPLAY, ['--from', '2099-01-01'], '--from must be before --to'],
    ['a time that is none', REPLAY, ['--from', '5'], '--from "5" is not a time'],
    ['a rate that is none', REPLAY, ['--from', '1h', '--per-second', '0'], '--per-second must be'],
    ['an account out of reach', REPLAY, ['--from', '1h'], UNREACHABLE],
    ['a command that there is not', REDRIVE, ['lost'], 'unknown command lost: use list, show, send'],
    ['an option of another command', REDRIVE, ['list', '--execute'], 'list does not accept --execute'],
    ['a word too many', REDRIVE, ['show', 'one', 'two'], 'redrive show <id>'],
    ['no id', REDRIVE, ['show'], 'redrive show <id>'],
    ['data of an account', REDRIVE, ['list', '--data', '.local'], '--data is for the local stack only'],
    ['an account out of reach', REDRIVE, ['list'], UNREACHABLE],
  ])('%s: %s %j', async (_, file, words, message) => {
    const { code, stderr } = await run(file, ...words);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
    expect(stderr).toMatch(NO_STACK_TRACE);
  });
});
