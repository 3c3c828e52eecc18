import { cp, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const serviceDirectory = resolve(import.meta.dirname, '..');

/** Everything that packaging reads, below the service. */
export const SOURCES = [
  'docs',
  'functions',
  'lib',
  'package-lock.json',
  'package.json',
  'resources',
  'serverless.yml',
  'tsconfig.json',
];

/**
 * Copies the service into an empty directory, its packages by a link. The framework works in folders of its own
 * choice below a service: in a copy it is in nobody's way.
 */
export const copyService = async (directory: string): Promise<void> => {
  await Promise.all(
    SOURCES.map((source) => cp(join(serviceDirectory, source), join(directory, source), { recursive: true })),
  );
  await symlink(join(serviceDirectory, 'node_modules'), join(directory, 'node_modules'));
};

/** The framework's program, to be run by this process's own Node.js. */
export const frameworkProgram = join(serviceDirectory, 'node_modules/serverless/bin/serverless.js');
