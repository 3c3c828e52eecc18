import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Package = z.object({ scripts: z.record(z.string(), z.string()) });

/** The scripts of a package that are programs of this repository, with their files. */
export const programsOf = (directory: string): [name: string, file: string][] =>
  Object.entries(
    Package.parse(JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))).scripts,
  ).flatMap(([name, script]): [string, string][] => {
    const [, file] = /^node (\S+\.ts)$/.exec(script) ?? [];
    return file === undefined ? [] : [[name, file]];
  });

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program of this repository as its script in package.json does. */
export const runProgram = (
  directory: string,
  file: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> =>
  new Promise((resolve) => {
    const env = { ...process.env, NODE_NO_WARNINGS: '1', NODE_OPTIONS: '', ...environment };
    execFile(process.execPath, [file, ...words], { cwd: directory, env }, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? 1) : 0;
      resolve({ code, stdout, stderr });
    });
  });
