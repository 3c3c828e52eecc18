import { dirname, join, normalize } from 'node:path/posix';
import type { Project, SourceFile } from 'ts-morph';
import { OperatorError } from '../../ops/operator-error.ts';
import { isPart, PARTS, type Part, type PartName, SHOWS } from './parts.ts';
import { isScript, removePieces, withoutLines } from './pieces.ts';
import type { Repository } from './repository.ts';

/** Matches a file that is, or lies in, what a part names. */
export const matcherOf = (names: readonly string[]): ((file: string) => boolean) => {
  const patterns = names.map(
    (name) => new RegExp(`^${name.replaceAll(/[.+]/g, '\\$&').replaceAll('*', '[^/]*')}(/|$)`),
  );
  return (file) => patterns.some((pattern) => pattern.test(file));
};

/** The files of this repository that a source file imports, below the root. */
const importsOf = (file: SourceFile, root: string): string[] => {
  const own = file.getFilePath().slice(root.length + 1);
  return file.getImportStringLiterals().flatMap((literal) => {
    const specifier = literal.getLiteralText();
    if (specifier.startsWith('.')) return [normalize(join(dirname(own), specifier))];
    const [, alias, path] = /^#(lib|functions|tests)\/(.*)$/.exec(specifier) ?? [];
    return alias && path ? [`${alias}/${path}`] : [];
  });
};

const isTest = (file: string): boolean => /^tests\/.*\.test\.ts$/.test(file);

/** The parts that are removed: the chosen ones, and those that need one of them. */
export const leftOut = (chosen: readonly PartName[]): PartName[] => {
  const dependents = Object.keys(PARTS)
    .filter(isPart)
    .filter((name) => {
      const { needs = [] }: Part = PARTS[name];
      return needs.some((other) => chosen.some((part) => part === other));
    });
  return [...new Set([...chosen, ...dependents])];
};

/**
 * Removes parts from a repository: their files, the pieces of other files about them, what only they imported, and the tests that import
 * one of them.
 * @returns the files that are gone
 * @throws {OperatorError} when something that stays imports something that is gone
 */
export const leaveOut = (repository: Repository, project: Project, chosen: readonly PartName[]): string[] => {
  const { root } = repository;
  const definitions: Part[] = chosen.map((name) => PARTS[name]);
  const shows = SHOWS.filter(({ needs }) => needs.some((name) => chosen.includes(name))).flatMap(
    ({ files }) => files,
  );
  const isOfPart = matcherOf([...definitions.flatMap(({ files }) => files), ...shows]);
  const sources = () => project.getSourceFiles().filter((file) => file.getFilePath().startsWith(`${root}/`));
  const nameOf = (file: SourceFile): string => file.getFilePath().slice(root.length + 1);
  const imported = (): Set<string> => new Set(sources().flatMap((file) => importsOf(file, root)));

  const gone: string[] = [];
  const remove = (file: string): void => {
    repository.remove(file);
    const source = project.getSourceFile(join(root, file));
    if (source) project.removeSourceFile(source);
    gone.push(file);
  };

  const before = imported();
  for (const file of repository.files().filter(isOfPart)) remove(file);
  const files = new Set(definitions.flatMap(({ pieces }) => Object.keys(pieces)));
  for (const file of [...files].filter((name) => !gone.includes(name))) {
    // A piece can belong to several parts.
    const beginnings = [...new Set(definitions.flatMap(({ pieces }) => pieces[file] ?? []))];
    if (!isScript(file)) {
      repository.write(file, withoutLines(file, repository.read(file), beginnings));
    } else {
      removePieces(project.getSourceFileOrThrow(join(root, file)), beginnings);
    }
  }

  const broken = (file: SourceFile): string[] => importsOf(file, root).filter((path) => gone.includes(path));
  for (let found = true; found; ) {
    const needed = imported();
    const orphans = sources()
      .map(nameOf)
      .filter(
        (file) =>
          before.has(file) && !needed.has(file) && !isTest(file) && !isNamedElsewhere(repository, file),
      );
    const tests = sources().filter((file) => nameOf(file).startsWith('tests/') && broken(file).length > 0);
    const useless = new Set([...orphans, ...tests.map(nameOf)]);
    for (const file of useless) remove(file);
    found = useless.size > 0;
  }
  const dangling = sources().flatMap((file) => broken(file).map((path) => `${nameOf(file)} imports ${path}`));
  if (dangling.length > 0)
    throw new OperatorError(`These files need a part that is left out:\n  ${dangling.join('\n  ')}`);
  project.saveSync();
  return gone.toSorted();
};

/** Whether a script is run by its name, rather than imported. */
const isNamedElsewhere = (repository: Repository, file: string): boolean =>
  ['package.json', 'jest.config.js', 'serverless.yml'].some((other) =>
    repository.read(other).includes(file),
  ) ||
  file.startsWith('functions/') ||
  !/^(lib|tests|scripts|ops)\//.test(file);
