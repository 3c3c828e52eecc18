import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { serviceDirectory } from '../../scripts/service-copy.ts';

const JEST = join(serviceDirectory, 'node_modules/jest/bin/jest.js');

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      status: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** A test that ran. */
export interface TestResult {
  /** Its file, from the service's directory, and its full name. */
  test: string;
  /** What it said; undefined when it passed. */
  failure: string | undefined;
}

/**
 * Runs Jest; it tells what it does by itself.
 * @param environment beside this process's own
 * @throws when a file does not load
 */
export const runJest = async (
  config: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestResult[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'judge-'));
  try {
    const report = join(directory, 'report.json');
    const jest = spawn(
      process.execPath,
      ['--experimental-vm-modules', JEST, '--config', config, '--json', '--outputFile', report],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...environment } },
    );
    await once(jest, 'exit');
    const { testResults } = Report.parse(JSON.parse(await readFile(report, 'utf8')));
    return testResults.flatMap(({ name, status, message, assertionResults }) => {
      const file = relative(serviceDirectory, name);
      if (status === 'failed' && assertionResults.every((result) => result.status !== 'failed'))
        return [{ test: file, failure: stripVTControlCharacters(message) }];
      return assertionResults
        .filter((result) => result.status === 'passed' || result.status === 'failed')
        .map(({ fullName, failureMessages }) => ({
          test: `${file} › ${fullName}`,
          failure:
            failureMessages?.[0] === undefined ? undefined : stripVTControlCharacters(failureMessages[0]),
        }));
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
