// Turns a clone into a service of its own: npm run adopt -- --help
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Project, ts } from 'ts-morph';
import { OperatorError } from '../../ops/operator-error.ts';
import { runTool } from '../../ops/run-tool.ts';
import { serviceDirectory, serviceName } from '../../ops/service.ts';
import { byHand } from './by-hand.ts';
import { leaveOut, leftOut } from './leave-out.ts';
import { HELP, readAdoption } from './options.ts';
import { trimPackage, unusedDependencies, writeLicense, writePackage } from './package-fields.ts';
import { PARTS } from './parts.ts';
import { withoutLines } from './pieces.ts';
import { renameAll } from './rename.ts';
import { inCopyOf, type Repository } from './repository.ts';

const say = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
const SELF = ['scripts/adopt', 'tests/adopt', '.ci/adopt'];
/** The pieces of other files about it; see `withoutLines`. */
const SELF_PIECES = {
  '.ci/run': ['step .ci/adopt'],
  'README.md': ['## Make it yours'],
  'CONTRIBUTING.md': ['5. When files'],
};
const isSelf = (file: string): boolean => SELF.some((path) => file === path || file.startsWith(`${path}/`));

const readProject = (root: string): Project => {
  const project = new Project({
    tsConfigFilePath: join(root, 'tsconfig.json'),
    compilerOptions: { allowJs: true, moduleResolution: ts.ModuleResolutionKind.Bundler },
  });
  project.addSourceFilesAtPaths([join(root, 'resources/**/*.js'), join(root, '*.js')]);
  return project;
};

const PACKAGES = ['', 'packages/local-stack/', 'lab/'];
const SPECIFIER = /(?:\bfrom |\bimport |\bimport\(|\brequire\(|\brequire\.resolve\()['"`]([^'"`]+)/g;

/** What the sources of a package import, by its folder. */
const importedIn = (repository: Repository, directory: string): string[] =>
  repository
    .files()
    .filter((file) => /\.([cm]?[jt]s|tsx)$/.test(file) && file.startsWith(directory))
    .filter((file) => directory !== '' || !file.startsWith('packages/'))
    .flatMap((file) => [...repository.read(file).matchAll(SPECIFIER)].map(([, name = '']) => name));

/** Formats the renamed files, generates the contracts, and type-checks everything. */
const tidy = ({ root }: Repository): void => {
  const run = (...words: string[]): void => {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
    if (status !== 0)
      throw new OperatorError(`${words.join(' ')} failed; nothing was changed:\n${stdout}${stderr}`);
  };
  const bin = (name: string): string => join('node_modules', name);
  run(bin('@biomejs/biome/bin/biome'), 'check', '--write', '.');
  run('--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'scripts/generate-contracts.ts');
  run(bin('typescript/bin/tsc'), '--noEmit');
};

const OPTIONS = {
  service: { type: 'string' },
  entity: { type: 'string' },
  plural: { type: 'string' },
  without: { type: 'string' },
  license: { type: 'string' },
  author: { type: 'string' },
  description: { type: 'string' },
  'package-name': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const;

await runTool({ help: HELP, options: OPTIONS }, async ({ values }) => {
  const { service, entity, without, fields } = await readAdoption(values);
  const [singular, plural] = [entity.singular.join(' '), entity.plural.join(' ')];
  const parts = leftOut(without);
  say(
    `${serviceName} becomes ${service}; post and posts become ${singular} and ${plural}.`,
    ...(parts.length === 0
      ? ['No part is left out.']
      : ['Left out:', ...parts.map((name) => `  ${PARTS[name].title}`)]),
    `Licence ${fields.license}, package ${fields.name}${fields.author && `, by ${fields.author}`}.`,
  );
  await inCopyOf(serviceDirectory, values['dry-run'], async (repository) => {
    const project = readProject(repository.root);
    const before = PACKAGES.map((directory) => ({ directory, imported: importedIn(repository, directory) }));
    for (const file of repository.files().filter(isSelf)) {
      repository.remove(file);
      const source = project.getSourceFile(join(repository.root, file));
      if (source) project.removeSourceFile(source);
    }
    for (const [file, pieces] of Object.entries(SELF_PIECES))
      repository.write(file, withoutLines(file, repository.read(file), pieces));
    leaveOut(repository, project, parts);
    const packages = before
      .filter(({ directory }) => repository.files().includes(`${directory}package.json`))
      .map(({ directory, imported }) => ({
        directory,
        unused: unusedDependencies(repository, directory, imported, importedIn(repository, directory)),
      }));
    renameAll(repository, project, { service, ownService: serviceName, entity });
    writeLicense(repository, fields);
    for (const { directory, unused } of packages) trimPackage(repository, directory, unused);
    writePackage(repository, fields);
    tidy(repository);
    const changed = repository.commit(`This is ${service} now: ${plural} instead of posts`);
    say(
      `Removed dependencies: ${packages.flatMap(({ unused }) => unused).join(', ') || 'none'}.`,
      `In one commit: ${changed}.`,
      '',
      'Edit by hand:',
      ...byHand(repository, parts).map((line) => `  - ${line}`),
      '',
      ...(values['dry-run']
        ? ['Nothing was changed: this was a dry run.']
        : ['Next: npm ci && npm test', 'Undo: git reset --hard HEAD~']),
    );
  });
  return 0;
});
