import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';
import { type Build, keptBuild } from './build.ts';
import type { Selection } from './fingerprint.ts';

/** The service's own framework. @throws {UserError} when it is not installed there */
const frameworkOf = (serviceDirectory: string): string => {
  try {
    return createRequire(join(serviceDirectory, 'package.json')).resolve('serverless/bin/serverless.js');
  } catch (cause) {
    throw new UserError(
      `the Serverless Framework is not installed in ${serviceDirectory}: run npm ci there`,
      { cause },
    );
  }
};

/** The framework's words for a selection. */
export const wordsOf = ({ stage, region, param = [] }: Selection): string[] => [
  ...(stage === undefined ? [] : ['--stage', stage]),
  ...(region === undefined ? [] : ['--region', region]),
  ...param.flatMap((pair) => ['--param', pair]),
];

/**
 * The build of a service: the one that is kept when nothing has changed, and otherwise one that the framework makes in a
 * process of its own.
 * @param signal ends the framework
 * @throws {UserError} with the framework's own words when it cannot package the service, and the signal's reason
 */
export const buildInChild = async (
  serviceDirectory: string,
  selection: Selection,
  signal?: AbortSignal,
): Promise<Build> => {
  const kept = await keptBuild(serviceDirectory, selection);
  if (kept) return kept;
  const child = spawn(
    process.execPath,
    [frameworkOf(serviceDirectory), 'offline', 'build', ...wordsOf(selection)],
    { cwd: serviceDirectory, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const end = () => child.kill();
  signal?.addEventListener('abort', end, { once: true });
  const [code] = await once(child, 'close');
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  if (code !== 0) throw new UserError(`the service cannot be packaged:\n${said.trim()}`);
  // A file that was saved meanwhile makes another build.
  return buildInChild(serviceDirectory, selection, signal);
};
