import { OperatorError } from '../../ops/operator-error.ts';
import type { MixName } from './mix.ts';
import type { Report } from './run/run.ts';

/** The mixes of the figures: every one that lets faults strike, the hardest with the most seeds. */
const FIGURE_MIXES: readonly MixName[] = [
  'throttles',
  'lost-responses',
  'duplicates-and-reordering',
  'crashes',
  'poison',
  'kills',
  'everything',
];

/** Changes that a post makes, measured over the mixes: its author's and moderation's. */
const CHANGES_OF_A_POST = 2.1;

/**
 * The runs that make `changes` changes in all: every mix with every seed, alike.
 * @param only leaves out the other mixes, and their changes
 * @throws {OperatorError} when one of `only` has no figures
 */
export const plannedRuns = (changes: number, seeds: readonly number[], only?: readonly string[]) => {
  const wanted = FIGURE_MIXES.filter((mix) => only?.includes(mix) ?? true);
  if (only && wanted.length < only.length)
    throw new OperatorError(`figures exist for ${wanted.join(', ') || 'none'} of ${only.join(', ')} only`);
  const posts = Math.ceil(changes / CHANGES_OF_A_POST / (seeds.length * FIGURE_MIXES.length));
  return seeds.flatMap((seed) => wanted.map((mix) => ({ seed, mix, posts })));
};

const sum = (reports: readonly Report[], of: (report: Report) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);
const number = (value: number): string => value.toLocaleString('en-US');
const broken =
  (...rules: readonly string[]) =>
  (report: Report) =>
    report.violations.filter(({ rule }) => rules.includes(rule)).length;

const lost = broken(
  'accepted changes are there',
  'every publication is notified once',
  'every event is in one place',
  'every dead letter names its cause',
  'nothing is left under way',
);
const twice = broken(
  'nothing is written twice',
  'every device is told once',
  'every version is reviewed once',
);
const stale = broken('the index shows what is published');

const HEAD = [
  '| Mix | Seeds | Changes | Faults | Repeated | Overtaken | Parked, given up, dead | Told again, excused | Lost | Twice | Stale | At rest after |',
  '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
];

const faultsOf = ({ faults, kills }: Report): number =>
  Object.values(faults).reduce((total, times) => total + times, 0) + kills;

const rowOf = (name: string, seeds: string, reports: readonly Report[]): string => {
  const recovery = reports.map(({ seconds }) => seconds.recovery);
  const waited = ({ waiting }: Report) => waiting.parked + waiting.givenUp + waiting.deadLetters;
  const cells = [
    name,
    seeds,
    number(sum(reports, ({ changes }) => changes)),
    number(sum(reports, faultsOf)),
    number(sum(reports, ({ observations }) => observations.duplicates)),
    number(sum(reports, ({ observations }) => observations.orderViolations)),
    number(sum(reports, waited)),
    number(sum(reports, ({ excusedRepeats }) => excusedRepeats)),
    number(sum(reports, lost)),
    number(sum(reports, twice)),
    number(sum(reports, stale)),
    `${Math.max(...recovery).toFixed(1)} s`,
  ];
  return `| ${cells.join(' | ')} |`;
};

/** The figures of many runs, as a Markdown table: a row for each mix, and one for all. */
export const figuresTable = (reports: readonly Report[]): string[] => {
  const byMix = Map.groupBy(reports, ({ mix }) => mix);
  const rows = [...byMix].map(([mix, of]) => rowOf(`\`${mix}\``, of.map(({ seed }) => seed).join(', '), of));
  return [...HEAD, ...rows, rowOf('all', '', reports)];
};
