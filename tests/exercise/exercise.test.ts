import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { launchService, type Service } from '#tests/redrive/service.ts';

/** The commands of the exercise in their order, each with what the text says it prints. */
const steps = () => {
  const text = readFileSync(new URL('../../docs/exercise.md', import.meta.url), 'utf8');
  const blocks = text.matchAll(/(<!-- not run[^>]*>\n)?```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?/gs);
  return [...blocks]
    .filter(([, isNotRun]) => !isNotRun)
    .map(([, , commands = '', printed = '']) => ({ commands, printed }));
};

/** A line of the text as a pattern: `…` is anything. */
const patternOf = (line: string): RegExp =>
  new RegExp(line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*'));

const MARK = '--- the next step ---';

const canPaste = ['curl', 'sed', 'tr', 'grep'].every(
  (program) => spawnSync(program, ['--version']).error === undefined,
);

let service: Service;
beforeAll(async () => {
  service = await launchService();
}, 60_000);
afterAll(() => service.stop());

(canPaste ? test : test.skip)(
  'every command of the exercise does what the text says',
  () => {
    const { apiUrl, issuer, consoleUrl } = service.stack.running;
    const commands = steps()
      .map((step) => `${step.commands}\necho '${MARK}'`)
      .join('\n')
      .replaceAll('http://127.0.0.1:3000', apiUrl)
      .replaceAll('http://127.0.0.1:3001', issuer)
      .replaceAll('http://127.0.0.1:3003', consoleUrl)
      .replaceAll('--stage local', `--stage local --data ${service.dataDirectory}`);
    const { stdout, stderr, status } = spawnSync('sh', ['-e'], { input: commands, encoding: 'utf8' });
    const outputs = stdout.split(`${MARK}\n`);

    for (const [index, { commands: step, printed }] of steps().entries()) {
      let rest = outputs[index] ?? '';
      for (const line of printed.split('\n').filter(Boolean)) {
        const found = patternOf(line).exec(rest);
        if (!found) throw new Error(`After\n${step}should come\n${line}\nbut there is\n${rest}\n${stderr}`);
        rest = rest.slice(found.index + found[0].length);
      }
    }
    expect(status).toBe(0);
  },
  60_000,
);
