import { spawnSync } from 'node:child_process';

/** The commands of a document in their order, each with what the text says it prints. */
const stepsOf = (text: string) =>
  [...text.matchAll(/(<!-- not run[^>]*>\n)?```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?/gs)]
    .filter(([, isNotRun]) => !isNotRun)
    .map(([, , commands = '', printed = '']) => ({ commands, printed }));

/** A line of the text as a pattern: `…` is anything. */
const patternOf = (line: string): RegExp =>
  new RegExp(line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*'));

const MARK = '--- the next step ---';

/** Whether this machine has what the documents' commands are made of. */
export const canPaste = ['curl', 'sed', 'tr', 'grep'].every(
  (program) => spawnSync(program, ['--version']).error === undefined,
);

/**
 * Runs every command of a document in one shell, and compares what each prints with what the text says.
 * @param asHere says a command as it has to be in this run
 * @throws when a command prints something else, or fails
 */
export const runDocument = (text: string, cwd: string, asHere: (commands: string) => string): void => {
  const steps = stepsOf(text);
  const input = asHere(steps.map(({ commands }) => `${commands}\necho '${MARK}'`).join('\n'));
  const { stdout, stderr, status } = spawnSync('sh', ['-e'], { input, cwd, encoding: 'utf8' });
  const outputs = stdout.split(`${MARK}\n`);
  for (const [index, { commands, printed }] of steps.entries()) {
    let rest = outputs[index] ?? '';
    for (const line of printed.split('\n').filter(Boolean)) {
      const found = patternOf(line).exec(rest);
      if (!found) {
        throw new Error(`After\n${commands}should come\n${line}\nbut there is\n${rest}\n${stderr}`);
      }
      rest = rest.slice(found.index + found[0].length);
    }
  }
  if (status !== 0) throw new Error(`The commands end with ${status}:\n${stderr}`);
};
