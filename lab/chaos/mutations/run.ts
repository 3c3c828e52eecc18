import { RULES, type Rule } from '../checker/violation.ts';
import { type Report, runChaos } from '../run/run.ts';
import { copyForMutants } from './mutant.ts';
import type { Mutation, MutationRun } from './mutation.ts';

/** What became of a mutation. */
export interface MutationOutcome {
  mutation: Mutation;
  /** Violations by rule, without the guard. */
  broken: ReadonlyMap<Rule, number>;
  /** That the run could not come to its end. */
  failure: string | undefined;
  /** The run says what the table says: what has to be caught is, and what another guard covers breaks nothing. */
  isAsExpected: boolean;
  /** One of the violations. */
  example: string | undefined;
  /** Runs that it took: faults strike the same calls again, but which message a call was for is a matter of timing. */
  runs: number;
}

const MAX_RUNS = 3;

/** A service without a guard that nothing covers may never find its rest, nor its clients ever get an answer. */
const IMPATIENCE = { restWithinSeconds: 30, maxAttempts: 30 };

const brokenOf = ({ violations }: Report): ReadonlyMap<Rule, number> =>
  new Map(
    RULES.map((rule) => [rule, violations.filter((one) => one.rule === rule).length] as const).filter(
      ([, times]) => times > 0,
    ),
  );

const outcomeOf = (mutation: Mutation, report: Report, runs: number): MutationOutcome => {
  const broken = brokenOf(report);
  const { coveredBy, breaks } = mutation;
  const isClean = broken.size === 0 && report.failure === undefined;
  const isCaught = breaks.every((rule) => broken.has(rule));
  const told = report.violations.find(({ rule }) => breaks[0] === rule);
  return {
    ...{ mutation, broken, failure: report.failure },
    isAsExpected: coveredBy === undefined ? isCaught : isClean,
    example: told && `${told.subject}: expected ${told.expected}; found ${told.found}`,
    runs,
  };
};

const nameOf = ({ mix, seed, posts, throughApi = 0.3 }: MutationRun): string =>
  `${mix}, seed ${seed}, ${posts} posts${throughApi === 0.3 ? '' : ', all through the API'}`;

/**
 * Takes each guard out of a copy of the service and lets chaos strike it, one run at a time; before that each run once
 * with all guards in place.
 * @returns what each run came to. @throws when a run with all guards is not clean, or a mutation does not fit its source
 */
export const runMutations = async (
  mutations: readonly Mutation[],
  tell: (line: string) => void,
): Promise<MutationOutcome[]> => {
  const service = await copyForMutants();
  const run = (options: MutationRun, impatience = {}) =>
    runChaos({ ...options, ...impatience, serviceDirectory: service.directory });
  try {
    const runs = new Map(mutations.map((mutation) => [nameOf(mutation.run), mutation.run]));
    for (const [name, options] of runs) {
      const { violations, failure, seconds } = await run(options);
      if (violations.length > 0 || failure !== undefined)
        throw new Error(
          `with all guards, ${name} is not clean: ${failure ?? JSON.stringify(violations.slice(0, 5))}`,
        );
      tell(`with all guards: ${name}: clean (${seconds.total.toFixed(0)} s)`);
    }
    const outcomes: MutationOutcome[] = [];
    for (const mutation of mutations) {
      const outcome = await service.without(mutation, () => outcomeWithout(mutation, run, tell));
      outcomes.push(outcome);
      if (outcome.example) tell(`    ${outcome.example}`);
    }
    return outcomes;
  } finally {
    await service.remove();
  }
};

/** Runs until the mutation is caught, a few times at most. One that another guard covers has to be clean at once. */
const outcomeWithout = async (
  mutation: Mutation,
  run: (options: MutationRun, impatience?: object) => Promise<Report>,
  tell: (line: string) => void,
): Promise<MutationOutcome> => {
  const isCovered = mutation.coveredBy !== undefined;
  for (let runs = 1; ; runs += 1) {
    const report = await run(mutation.run, isCovered ? {} : IMPATIENCE);
    const outcome = outcomeOf(mutation, report, runs);
    tell(
      `${verdictOf(outcome)}  ${mutation.guard} (${report.seconds.total.toFixed(0)} s): ${saidOf(outcome)}`,
    );
    if (outcome.isAsExpected || isCovered || runs === MAX_RUNS) return outcome;
  }
};

const verdictOf = ({ mutation, isAsExpected }: MutationOutcome): string => {
  if (mutation.coveredBy === undefined) return isAsExpected ? 'caught    ' : 'NOT CAUGHT';
  return isAsExpected ? 'covered   ' : 'NOT COVERED';
};

const saidOf = ({ mutation, broken, failure }: MutationOutcome): string => {
  const said = [...broken].map(([rule, times]) => `${rule}: ${times}`);
  if (failure !== undefined) said.push('no rest');
  return said.join('; ') || (mutation.coveredBy ? `nothing; ${mutation.coveredBy}` : 'nothing');
};

/** The table of docs/reliability.md. */
export const mutationTable = (outcomes: readonly MutationOutcome[]): string[] => [
  '| Guard | Where | Run | What the checker says without it |',
  '| --- | --- | --- | --- |',
  ...outcomes.map((outcome) => {
    const { guard, edits, run } = outcome.mutation;
    const files = [...new Set(edits.map(({ file }) => `\`${file}\``))].join(', ');
    const times = outcome.runs === 1 ? '' : `, run ${outcome.runs} of ${MAX_RUNS}`;
    return `| ${guard} | ${files} | ${nameOf(run)}${times} | ${saidOf(outcome)} |`;
  }),
];
