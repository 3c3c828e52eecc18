import { execFileSync } from 'node:child_process';
import { z } from 'zod';
import type { Repository } from './repository.ts';

export interface PackageFields {
  name: string;
  description: string;
  /** An SPDX identifier, or UNLICENSED. */
  license: string;
  author: string;
}

const Dependencies = z.record(z.string(), z.string()).default({});
const Package = z.looseObject({
  scripts: z.record(z.string(), z.string()),
  dependencies: Dependencies,
  devDependencies: Dependencies,
  workspaces: z.array(z.string()).optional(),
});

const without = <Value>(record: Record<string, Value>, names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

/** What a package is imported by: `@aws-sdk/client-s3/dist` is of `@aws-sdk/client-s3`. */
const packageOf = (specifier: string): string => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

const Peers = z.object({ peerDependencies: Dependencies });

/**
 * The dependencies of a package that were imported before and are not any more, unless a package that stays wants them
 * beside it.
 * @param directory of the package's package.json, with a slash at its end; empty for the root
 */
export const unusedDependencies = (
  repository: Repository,
  directory: string,
  before: readonly string[],
  after: readonly string[],
): string[] => {
  const { dependencies, devDependencies } = Package.parse(
    JSON.parse(repository.read(`${directory}package.json`)),
  );
  const installed = Object.keys({ ...dependencies, ...devDependencies });
  const was = new Set(before.map(packageOf));
  const used = new Set(after.map(packageOf));
  const unused = installed.filter((name) => was.has(name) && !used.has(name));
  const peers = new Set(
    installed.filter((name) => !unused.includes(name)).flatMap((name) => peersOf(repository, name)),
  );
  return unused.filter((name) => !peers.has(name));
};

const peersOf = (repository: Repository, name: string): string[] => {
  const file = `node_modules/${name}/package.json`;
  return Object.keys(Peers.parse(JSON.parse(repository.read(file))).peerDependencies);
};

/** Removes from a script (`a && b`) the commands that name a file or a folder that is gone. */
const withoutDeadCommands = (scripts: Record<string, string>, exists: (path: string) => boolean) =>
  Object.fromEntries(
    Object.entries(scripts)
      .map(([name, script]): [string, string] => [
        name,
        script
          .split(' && ')
          .filter((command) => command.split(' ').every((word) => !/\/|\.ts$/.test(word) || exists(word)))
          .join(' && '),
      ])
      .filter(([, script]) => script !== ''),
  );

/**
 * Writes a package's package.json without dependencies that nothing imports any more, without commands whose file is gone,
 * and without workspaces that are gone.
 */
export const trimPackage = (repository: Repository, directory: string, unused: readonly string[]): void => {
  const given: object = JSON.parse(repository.read(`${directory}package.json`));
  const { scripts, dependencies, devDependencies, workspaces } = Package.parse(given);
  const files = repository.files();
  const exists = (path: string): boolean =>
    path.includes('node_modules/') ||
    files.some((file) => file === `${directory}${path}` || file.startsWith(`${directory}${path}/`));
  const written = {
    ...given,
    scripts: withoutDeadCommands(scripts, exists),
    dependencies: without(dependencies, unused),
    devDependencies: without(devDependencies, unused),
    ...(workspaces && { workspaces: workspaces.filter((folder) => exists(folder.replace(/\/\*$/, ''))) }),
  };
  repository.write(`${directory}package.json`, `${JSON.stringify(written, null, 2)}\n`);
};

/** Writes the adopter's fields into package.json, and the lock that goes with all package.json files. */
export const writePackage = (repository: Repository, fields: PackageFields): void => {
  // Beginning with what was there, so that the order of the fields stays.
  const given: object = JSON.parse(repository.read('package.json'));
  const { name, description, license, author } = fields;
  const written = { ...given, name, version: '0.1.0', description, license, ...(author && { author }) };
  repository.write('package.json', `${JSON.stringify(written, null, 2)}\n`);
  execFileSync(
    'npm',
    ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
    { cwd: repository.root, stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' },
  );
};

/** MIT asks that its notice stays with what was copied: under another licence it becomes a notice of its own. */
export const writeLicense = (repository: Repository, { license, author }: PackageFields): void => {
  if (license === 'MIT') {
    const text = repository.read('LICENSE');
    const line = `Copyright (c) ${new Date().getFullYear()} ${author}`;
    repository.write('LICENSE', author ? text.replace(/^(Copyright .*)$/m, `$1\n${line}`) : text);
  } else {
    repository.write(
      'NOTICE',
      `This service is based on a template that was published under the following licence.\n\n${repository.read('LICENSE')}`,
    );
    repository.remove('LICENSE');
  }
};
