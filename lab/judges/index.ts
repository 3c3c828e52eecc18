// Lets real engines and other people's implementations judge the service: npm run judges -w lab -- [names]
import { execFileSync } from 'node:child_process';
import { z } from 'zod';
import { OperatorError } from '../../ops/operator-error.ts';
import { type Given, parseOptions, runTool } from '../../ops/run-tool.ts';
import { skipLoudly, ToolUnreachable } from '../../scripts/python-tool.ts';

import { cloudFormationJudge } from './cloudformation/judge.ts';
import { filterPoliciesJudge } from './filter-policies/judge.ts';
import { httpJudge } from './http/judge.ts';
import type { Judge, JudgeOptions } from './judge.ts';
import { openSearchJudge } from './opensearch/judge.ts';
import { secondEngineJudge } from './second-engine/judge.ts';
import { webPushJudge } from './web-push/judge.ts';

const JUDGES: readonly Judge[] = [
  openSearchJudge,
  filterPoliciesJudge,
  webPushJudge,
  secondEngineJudge,
  cloudFormationJudge,
  httpJudge,
];

const isThere = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A judge's line of the table. */
interface Row {
  judge: string;
  cases: number | 'not asked';
  findings: number | '';
  seconds: number | '';
}

/** Prints what a judge found besides its numbers. */
const ask = async ({ name, about, needs, run }: Judge, options: JudgeOptions): Promise<Row> => {
  const notAsked: Row = { judge: name, cases: 'not asked', findings: '', seconds: '' };
  console.log(`\n== ${name}: ${about}`);
  const missing = needs.filter((command) => !isThere(command));
  if (missing.length > 0) {
    skipLoudly(`${name} was not asked`, new Error(`It needs ${missing.join(', ')}.`));
    return notAsked;
  }
  const began = performance.now();
  try {
    const { cases, findings, differences = [] } = await run(options);
    for (const difference of differences) console.log(`known    ${difference}`);
    for (const finding of findings) console.log(`FINDING  ${finding}`);
    // A judge that was asked nothing found nothing.
    if (cases === 0) throw new Error(`${name} had no case`);
    const seconds = Math.round((performance.now() - began) / 1_000);
    return { judge: name, cases, findings: findings.length, seconds };
  } catch (error) {
    if (!(error instanceof ToolUnreachable)) throw error;
    skipLoudly(`${name} was not asked`, error);
    return notAsked;
  }
};

const OPTIONS = { seed: { type: 'string' }, minutes: { type: 'string', default: '1' } } as const;
const Options = z.object({
  seed: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .default(() => Math.floor(Math.random() * 2 ** 31)),
  minutes: z.coerce.number('must be a number').positive('must be more than 0'),
});

const HELP = `npm run judges -w lab -- [names] [options]

${JUDGES.map(({ name, about }) => `  ${name.padEnd(18)}${about}`).join('\n')}

  --seed <n>       of what is drawn; without it one is drawn
  --minutes <n>    for which the API is fuzzed (default: 1)`;

const main = async ({ values, positionals }: Given<typeof OPTIONS>): Promise<number> => {
  const options = parseOptions(Options, values);
  const unknown = positionals.filter((name) => JUDGES.every((judge) => judge.name !== name));
  if (unknown.length > 0)
    throw new OperatorError(
      `there is no judge ${unknown.join(', ')}, but ${JUDGES.map(({ name }) => name).join(', ')}`,
    );
  console.log(`seed ${options.seed}`);
  const rows: Row[] = [];
  for (const judge of JUDGES)
    if (positionals.length === 0 || positionals.includes(judge.name)) rows.push(await ask(judge, options));
  console.table(rows);
  return rows.some(({ findings }) => findings !== '' && findings > 0) ? 1 : 0;
};

await runTool({ help: HELP, options: OPTIONS, allowPositionals: true }, main);
