import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Project } from 'ts-morph';
import { z } from 'zod';
import { OperatorError } from '../../ops/operator-error.ts';
import { type Entity, type Rename, renamer } from './entity.ts';
import { collisionsIn, renamedSource } from './identifiers.ts';
import { isScript } from './pieces.ts';
import type { Repository } from './repository.ts';

/** The local stack knows nothing of posts, and editors' settings are not about them. */
const isOther = (file: string): boolean =>
  /^(packages|\.devcontainer|\.vscode)\//.test(file) || file === 'package-lock.json' || file === 'LICENSE';

const isText = (file: string): boolean => /\.(md|ya?ml|txt|json)$/.test(file) || /^\.ci\//.test(file);

const Message = z.looseObject({ body: z.string(), md5OfBody: z.string() });

/** A message says what its body's hash is. */
const withHashes = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withHashes);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withHashes(part)]));
  const message = Message.safeParse(copy).data;
  return message ? { ...copy, md5OfBody: createHash('md5').update(message.body).digest('hex') } : copy;
};

const renamedText = (file: string, text: string, rename: (text: string) => string): string => {
  const renamed = rename(text);
  if (!file.startsWith('events/') || renamed === text) return renamed;
  return `${JSON.stringify(withHashes(JSON.parse(renamed)), null, 2)}\n`;
};

export interface Renames {
  /** Files whose text changes. */
  changed: string[];
  /** Files that move, by where they were. */
  moved: Map<string, string>;
}

/**
 * Renames service and entity everywhere: in code, files, folders, configuration, samples and documents.
 * @throws {OperatorError} when a name that would come is there already
 */
export const renameAll = (
  repository: Repository,
  project: Project,
  names: { service: string; ownService: string; entity: Entity },
): Renames => {
  const { root } = repository;
  const renameEntity = renamer(names.entity);
  const rename: Rename = (text, isIdentifier) =>
    text
      .split(names.ownService)
      .map((part) => renameEntity(part, isIdentifier))
      .join(names.service);
  const collisions = collisionsIn(project, renameEntity);
  if (collisions.length > 0) {
    throw new OperatorError(
      `These names are already in use:\n  ${collisions.map((name) => name.replace(`${root}/`, '')).join('\n  ')}\nChoose another entity, or rename them first.`,
    );
  }

  const files = repository.files().filter((file) => !isOther(file));
  const moved = new Map(
    files.map((file) => [file, renameEntity(file)] as const).filter(([from, to]) => from !== to),
  );
  const inTheWay = [...moved.values()].filter((file) => files.includes(file));
  if (inTheWay.length > 0) throw new OperatorError(`These files already exist:\n  ${inTheWay.join('\n  ')}`);

  // All texts first: the compiler must not see a half-renamed program.
  const isOurs = (file: string): boolean =>
    file.startsWith(`${root}/`) && !isOther(file.slice(root.length + 1)) && !file.includes('/node_modules/');
  const texts = files.flatMap((file) => {
    const source = isScript(file) ? project.getSourceFile(join(root, file)) : undefined;
    if (!source && !isText(file) && !isScript(file)) return [];
    const text = repository.read(file);
    const renamed = source ? renamedSource(source, rename, isOurs) : renamedText(file, text, rename);
    return renamed === text ? [] : [{ file, renamed }];
  });
  for (const { file, renamed } of texts) repository.write(file, renamed);
  for (const [from, to] of moved) repository.move(from, to);
  return { changed: texts.map(({ file }) => file), moved };
};
