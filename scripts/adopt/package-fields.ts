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
  license: z.string(),
  scripts: z.record(z.string(), z.string()),
  dependencies: Dependencies,
  devDependencies: Dependencies,
  workspaces: z.array(z.string()),
});

const without = <Value>(record: Record<string, Value>, names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

/** What a package is imported by: `@aws-sdk/client-s3/dist` is of `@aws-sdk/client-s3`. */
const packageOf = (specifier: string): string => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

const Peers = z.object({ peerDependencies: Dependencies });

/**
 * The dependencies that were imported before and are not any more, unless a package that stays wants them beside it.
 */
export const unusedDependencies = (
  repository: Repository,
  before: readonly string[],
  after: readonly string[],
): string[] => {
  const { dependencies, devDependencies } = Package.parse(JSON.parse(repository.read('package.json')));
  const installed = Object.keys({ ...dependencies, ...devDependencies });
  const was = new Set(before.map(packageOf));
  const used = new Set(after.map(packageOf));
  const unused = installed.filter((name) => was.has(name) && !used.has(name));
  const peers = new Set(
    installed
      .filter((name) => !unused.includes(name))
      .flatMap((name) =>
        Object.keys(
          Peers.parse(JSON.parse(repository.read(`node_modules/${name}/package.json`))).peerDependencies,
        ),
      ),
  );
  return unused.filter((name) => !peers.has(name));
};

/**
 * Writes package.json and its lock: the adopter's fields; without dependencies that nothing imports any more, scripts
 * whose file is gone, workspaces that are gone, and what adopted the clone.
 */
export const writePackage = (
  repository: Repository,
  fields: PackageFields,
  unused: readonly string[],
): void => {
  const files = repository.files();
  const given: object = JSON.parse(repository.read('package.json'));
  const found = Package.parse(given);
  const deadScripts = Object.entries(found.scripts)
    .filter(([, command]) => command.split(' ').some((word) => /\.ts$/.test(word) && !files.includes(word)))
    .map(([name]) => name);
  // Beginning with what was there, so that the order of the fields stays.
  const written = {
    ...given,
    ...{ name: fields.name, version: '0.1.0', description: fields.description, license: fields.license },
    ...(fields.author && { author: fields.author }),
    scripts: without(found.scripts, deadScripts),
    dependencies: without(found.dependencies, unused),
    devDependencies: without(found.devDependencies, unused),
    workspaces: found.workspaces.filter((workspace) =>
      files.some((file) => file.startsWith(`${workspace.replace(/\/\*$/, '')}/`)),
    ),
  };
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
      `This service began as a copy of a template, which came under the following licence.\n\n${repository.read('LICENSE')}`,
    );
    repository.remove('LICENSE');
  }
};
