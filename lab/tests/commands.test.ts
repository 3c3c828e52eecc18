import { resolve } from 'node:path';
import { programsOf, runProgram } from '../../tests/support/commands.ts';

const LAB = resolve(import.meta.dirname, '..');

test.each(programsOf(LAB))(
  'npm run %s -w lab refuses options that it does not know, and has help',
  async (_, file) => {
    const [unknown, help] = await Promise.all([
      runProgram(LAB, file, ['--nonsense']),
      runProgram(LAB, file, ['--help']),
    ]);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Unknown option '--nonsense'/) });
    expect(unknown.stderr).not.toMatch(/\n +at /);
    expect(help.code).toBe(0);
    expect(help.stdout).not.toBe('');
  },
);

test('load takes a URL', async () => {
  const { code, stderr } = await runProgram(LAB, 'load/index.ts', ['--api', 'nonsense', '--token', 't']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: '--api must be a URL: the output HttpApiUrl\n' });
});
