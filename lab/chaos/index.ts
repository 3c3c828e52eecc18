// Runs the service while faults strike, and checks what is left: npm run chaos -- --help
import { resolve } from 'node:path';
import { OperatorError } from '../../ops/operator-error.ts';
import { type Given, runTool } from '../../ops/run-tool.ts';
import { figuresTable, plannedRuns } from './figures.ts';
import { isMixName, MIXES } from './mix.ts';
import { MUTATIONS } from './mutations/mutations.ts';
import { mutationTable, runMutations } from './mutations/run.ts';
import { reportLines } from './report.ts';
import { type Report, runChaos } from './run/run.ts';

const HELP = `npm run chaos -- [options]

One run:
  --mix <name>        which faults are injected (default: everything)
${Object.entries(MIXES)
  .map(([name, { about }]) => `      ${name.padEnd(27)}${about}`)
  .join('\n')}
  --seed <number>     seed of traffic and faults; by default one is drawn and printed
  --posts <number>    (default: 500; each makes about two changes)
  --through-api <x>   share of the posts that are written through the API, 0 to 1 (default: 0.3)
  --keep              keep the data of a run with violations

The figures of docs/reliability.md:
  --figures           every mix with every seed, and the table
  --changes <number>  in all (default: 100000)
  --seeds <a,b,…>     (default: seeds of every length, the last one drawn and printed)
  --mixes <a,b,…>     only these mixes, each with its share of the changes

The mutation table of docs/reliability.md:
  --mutations         removes each guard from a copy of the service, one at a time; the checker must notice
  --only <a,b,…>      only guards whose name contains one of these

All of them:
  --service <dir>     the service that runs (default: this one)
  --json              reports as JSON; not of mutations

Exit status: 1 when a rule was broken, a run could not come to its end, or a guard that was taken out was not missed; 2 for an option that
is none.`;

const OPTIONS = {
  mix: { type: 'string', default: 'everything' },
  seed: { type: 'string' },
  posts: { type: 'string', default: '500' },
  'through-api': { type: 'string' },
  keep: { type: 'boolean', default: false },
  figures: { type: 'boolean', default: false },
  changes: { type: 'string', default: '100000' },
  seeds: { type: 'string' },
  mixes: { type: 'string' },
  mutations: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  service: { type: 'string', default: resolve(import.meta.dirname, '../..') },
  json: { type: 'boolean', default: false },
} as const;

type Chosen = Given<typeof OPTIONS>['values'];

const say = (line: string) => void process.stdout.write(`${line}\n`);
const numberOf = (name: string, text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new OperatorError(`--${name} must be a number, not ${text}`);
  return value;
};
const drawnSeed = (): number => Math.floor(Math.random() * 1e6);
/** Words of the posts begin with their seed: short and long ones meet the search index in different ways. */
const SEEDS = [1, 42, 556_927];
const isClean = ({ violations, failure }: Report): boolean =>
  violations.length === 0 && failure === undefined;
const commonOf = (values: Chosen) => ({ serviceDirectory: values.service, keepData: values.keep });

const oneRun = async (values: Chosen): Promise<Report[]> => {
  const { mix, 'through-api': throughApi } = values;
  if (!isMixName(mix)) throw new OperatorError(`unknown mix ${mix}: use ${Object.keys(MIXES).join(', ')}`);
  const seed = values.seed === undefined ? drawnSeed() : numberOf('seed', values.seed);
  if (!values.json) say(`seed ${seed}, mix ${mix}: ${MIXES[mix].about}`);
  const report = await runChaos({
    ...{ ...commonOf(values), seed, mix },
    posts: numberOf('posts', values.posts),
    ...(throughApi !== undefined && { throughApi: numberOf('through-api', throughApi) }),
    tell: values.json ? () => {} : say,
  });
  if (!values.json) for (const line of reportLines(report)) say(line);
  return [report];
};

const manyRuns = async (values: Chosen): Promise<Report[]> => {
  const reports: Report[] = [];
  const seeds = values.seeds?.split(',').map((seed) => numberOf('seeds', seed)) ?? [...SEEDS, drawnSeed()];
  if (!values.json) say(`seeds ${seeds.join(', ')}`);
  const planned = plannedRuns(numberOf('changes', values.changes), seeds, values.mixes?.split(','));
  for (const run of planned) {
    // Volume is what the figures are for; the API's own figures are in the benchmarks.
    const report = await runChaos({ ...commonOf(values), ...run, throughApi: 0.1 });
    reports.push(report);
    const { changes, seconds } = report;
    const verdict = isClean(report) ? 'clean' : 'NOT CLEAN';
    if (!values.json)
      say(
        `seed ${run.seed}  ${run.mix.padEnd(26)} ${changes} changes in ${seconds.total.toFixed(0)} s  ${verdict}`,
      );
    if (!values.json && !isClean(report)) for (const line of reportLines(report)) say(line);
  }
  if (!values.json) for (const line of ['', ...figuresTable(reports)]) say(line);
  return reports;
};

const mutationRuns = async ({ only }: Chosen): Promise<boolean> => {
  const mutations = MUTATIONS.filter(({ guard }) => only.split(',').some((name) => guard.includes(name)));
  if (mutations.length === 0) throw new OperatorError(`no guard's name contains "${only}"`);
  const outcomes = await runMutations(mutations, say);
  for (const line of ['', ...mutationTable(outcomes)]) say(line);
  return outcomes.every(({ isAsExpected }) => isAsExpected);
};

await runTool({ help: HELP, options: OPTIONS }, async ({ values }) => {
  if (values.mutations) return (await mutationRuns(values)) ? 0 : 1;
  const reports = await (values.figures ? manyRuns(values) : oneRun(values));
  if (values.json) say(JSON.stringify(values.figures ? reports : reports[0], null, 2));
  return reports.every(isClean) ? 0 : 1;
});
