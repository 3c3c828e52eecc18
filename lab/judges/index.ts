// Lets real engines and other people's implementations judge the service: npm run judges -w lab -- [names]
import { execFileSync } from 'node:child_process';
import { OperatorError } from '../../ops/operator-error.ts';
import { runTool } from '../../ops/run-tool.ts';
import { openSearchJudge } from './opensearch/judge.ts';

/** Something that did not come from here, and says whether the service is right. */
export interface Judge {
  name: string;
  /** What it judges, in a line. */
  about: string;
  /** Commands that have to be there. */
  needs: readonly string[];
  /** Tells what it does by itself. @returns whether everything was right */
  run: () => Promise<boolean>;
}

const JUDGES: readonly Judge[] = [openSearchJudge];

const isThere = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const HELP = `npm run judges -w lab -- [names]

${JUDGES.map(({ name, about }) => `  ${name.padEnd(12)}${about}`).join('\n')}`;

/** Tells what became of each judge, in a line. @returns the exit code */
const main = async ({ positionals }: { positionals: readonly string[] }): Promise<number> => {
  const unknown = positionals.filter((name) => JUDGES.every((judge) => judge.name !== name));
  if (unknown.length > 0)
    throw new OperatorError(
      `there is no judge ${unknown.join(', ')}, but ${JUDGES.map(({ name }) => name).join(', ')}`,
    );
  const called = JUDGES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const lines: string[] = [];
  let isRight = true;
  for (const { name, about, needs, run } of called) {
    const missing = needs.filter((command) => !isThere(command));
    if (missing.length > 0) {
      lines.push(`not asked  ${name}: ${about}; it needs ${missing.join(', ')}`);
      continue;
    }
    const began = performance.now();
    const wasRight = await run();
    isRight &&= wasRight;
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    lines.push(`${wasRight ? 'right' : 'WRONG'}      ${name}: ${about} (${seconds} s)`);
  }
  console.log(`\n${lines.join('\n')}`);
  return isRight ? 0 : 1;
};

await runTool({ help: HELP, options: {}, allowPositionals: true }, main);
