import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Behaviour, SuiteTest } from '../../tests/conformance/behaviour.ts';
import { type Mutation, mutated } from '../../tests/conformance/mutations/mutation.ts';

const packageDirectory = resolve(import.meta.dirname, '../..');
const modules = resolve(packageDirectory, '../../node_modules');

/** A mutation that makes a test wait for ever is caught as well. */
const PATIENCE_MS = 60_000;

/** `broken`: the mutated source does not even load, which proves nothing. */
export type MutationOutcome = 'caught' | 'SURVIVED' | 'broken';

/** A copy of this package whose source may be mutated. */
export interface MutantPackage {
  outcomeOf(row: Behaviour, mutation: Mutation): Promise<MutationOutcome>;
  remove(): Promise<void>;
}

export const copyPackage = async (): Promise<MutantPackage> => {
  const root = await mkdtemp(join(tmpdir(), 'local-stack-mutants-'));
  const copy = join(root, 'packages/local-stack');
  await cp(packageDirectory, copy, {
    recursive: true,
    filter: (source) => !/\/(node_modules|dist)(\/|$)/.test(source.slice(packageDirectory.length)),
  });
  await symlink(modules, join(root, 'node_modules'));
  return {
    async outcomeOf({ behaviour, proof }, mutation) {
      const file = join(copy, 'src', mutation.file);
      const text = await readFile(file, 'utf8');
      try {
        await writeFile(file, mutated(text, mutation));
        return typeof proof === 'function'
          ? await outcomeOfCheck(copy, behaviour)
          : await outcomeOfTest(copy, proof);
      } finally {
        await writeFile(file, text);
      }
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
};

interface Ended {
  /** `undefined` when it was given up. */
  readonly exitCode: number | undefined;
}

const run = (cwd: string, args: readonly string[]): Promise<Ended> =>
  new Promise((settle) => {
    const child = execFile(
      process.execPath,
      args,
      { cwd, timeout: PATIENCE_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 },
      () => settle({ exitCode: child.exitCode ?? undefined }),
    );
  });

/** What check-row.ts exits with. */
const outcomes = new Map<number | undefined, MutationOutcome>([
  [0, 'SURVIVED'],
  [1, 'caught'],
  [undefined, 'caught'],
]);

const outcomeOfCheck = async (copy: string, behaviour: string): Promise<MutationOutcome> => {
  const { exitCode } = await run(copy, ['scripts/mutations/check-row.ts', behaviour]);
  return outcomes.get(exitCode) ?? 'broken';
};

const Report = z.object({
  numFailedTests: z.number(),
  numPassedTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

const outcomeOfTest = async (copy: string, { file, name }: SuiteTest): Promise<MutationOutcome> => {
  const report = join(dirname(dirname(copy)), 'report.json');
  await rm(report, { force: true });
  const jest = join(modules, 'jest/bin/jest.js');
  const { exitCode } = await run(copy, [
    ...['--experimental-vm-modules', jest, `tests/${file}`, '-t', patternOf(name)],
    ...['--json', '--outputFile', report, '--silent', '--forceExit'],
  ]);
  if (exitCode === undefined) return 'caught';
  const { numFailedTests, numPassedTests, numRuntimeErrorTestSuites } = Report.parse(
    JSON.parse(await readFile(report, 'utf8')),
  );
  if (numFailedTests > 0) return 'caught';
  return numRuntimeErrorTestSuites > 0 || numPassedTests === 0 ? 'broken' : 'SURVIVED';
};

/** The names of a table of tests hold placeholders. */
const patternOf = (name: string): string =>
  name
    .split(/%[a-z]/)
    .map(RegExp.escape)
    .join('.*');
