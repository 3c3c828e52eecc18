import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { NOT_SOURCES } from '../../build/fingerprint.ts';
import type { NodeDetails } from './wire.ts';

const yamlFilesOf = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true });
  const files = await Promise.all(
    entries.map((entry): string[] | Promise<string[]> => {
      const path = join(directory, entry.name);
      if (entry.isDirectory())
        return NOT_SOURCES.has(entry.name) || entry.name.startsWith('.') ? [] : yamlFilesOf(path);
      return /\.ya?ml$/.test(entry.name) ? [path] : [];
    }),
  );
  return files.flat();
};

const indentOf = (line: string): number => line.length - line.trimStart().length;
const isComment = (line: string): boolean => line.trimStart().startsWith('#');

/** The block of a key with the comments in front of it. */
const blockAt = (lines: readonly string[], keyAt: number): { from: number; text: string } => {
  const indent = indentOf(lines[keyAt] ?? '');
  let from = keyAt;
  while (from > 0 && isComment(lines[from - 1] ?? '') && indentOf(lines[from - 1] ?? '') === indent)
    from -= 1;
  let to = keyAt + 1;
  while (to < lines.length && (lines[to]?.trim() === '' || indentOf(lines[to] ?? '') > indent)) to += 1;
  const block = lines.slice(from, to).map((line) => line.slice(indent));
  return { from, text: block.join('\n').trimEnd() };
};

/** `CreatePostLambdaFunction` is declared as `createPost`, or as `create-post`. */
const keyPattern = (logicalId: string, type: string): RegExp => {
  const name = type === 'AWS::Lambda::Function' ? logicalId.replace(/LambdaFunction$/, '') : logicalId;
  const key = name.replace(/Dash(?=[A-Z])/g, '-').replace(/Underscore(?=[A-Z])/g, '_');
  const flags = type === 'AWS::Lambda::Function' ? 'i' : '';
  return new RegExp(`^\\s*["']?${key}["']?:\\s*$`, flags);
};

/**
 * Where the service's YAML declares a resource, with the comments that give the reasons; undefined when it is made by
 * other means. Of several places the one with the longest text is used.
 */
export const sourceOf = async (
  directory: string,
  logicalId: string,
  type: string,
): Promise<NodeDetails['source']> => {
  const pattern = keyPattern(logicalId, type);
  const found: NonNullable<NodeDetails['source']>[] = [];
  for (const path of await yamlFilesOf(directory)) {
    const lines = (await readFile(path, 'utf8')).split('\n');
    for (const [index, line] of lines.entries()) {
      if (!pattern.test(line)) continue;
      const { from, text } = blockAt(lines, index);
      found.push({ file: relative(directory, path), line: from + 1, text });
    }
  }
  return found.toSorted((left, right) => right.text.length - left.text.length)[0];
};
