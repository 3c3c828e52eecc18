import { Node, type SourceFile } from 'ts-morph';
import { OperatorError } from '../../ops/operator-error.ts';

/** Whether a node can be removed without breaking the syntax around it: statements, properties, elements, arguments … */
const isRemovable = (node: Node): boolean => {
  const parent = node.getParent();
  return (
    Node.isStatement(node) ||
    Node.isPropertyAssignment(node) ||
    Node.isShorthandPropertyAssignment(node) ||
    Node.isSpreadAssignment(node) ||
    Node.isTypeElement(node) ||
    Node.isBindingElement(node) ||
    (Node.isArrayLiteralExpression(parent) && parent.getElements().some((element) => element === node)) ||
    (Node.isCallExpression(parent) && parent.getArguments().some((argument) => argument === node)) ||
    Node.isUnionTypeNode(parent)
  );
};

/** However the two are broken into lines. */
const beginsWith = (node: Node, piece: string): boolean =>
  node.getText().replaceAll(/\s+/g, ' ').startsWith(piece);

/** Where a node begins, with the comments right above it. */
const startOf = (node: Node): number => {
  let start = node.getStart();
  const text = node.getSourceFile().getFullText();
  for (const comment of node.getLeadingCommentRanges().toReversed()) {
    if (/\n\s*\n/.test(text.slice(comment.getEnd(), start))) break;
    start = comment.getPos();
  }
  return start;
};

/** With the separator that would be left over. */
const rangeOf = (node: Node): [number, number] => {
  const text = node.getSourceFile().getFullText();
  const start = startOf(node);
  const end = node.getEnd();
  const [after = ''] = /^\s*[,|]/.exec(text.slice(end)) ?? [];
  if (after) return [start, end + after.length];
  const [before = ''] = /[,|]\s*$/.exec(text.slice(0, start)) ?? [];
  return [start - before.length, end];
};

/** The outermost statement, property or element whose text begins so. @throws {OperatorError} when there is none */
export const findPiece = (file: SourceFile, piece: string): Node => {
  const found = file.getDescendants().find((node) => isRemovable(node) && beginsWith(node, piece));
  if (!found) throw new OperatorError(`${file.getBaseName()} holds nothing that begins with: ${piece}`);
  return found;
};

/**
 * Removes pieces from a source file, each found by `findPiece`, and what nothing in the file uses any more.
 * @throws {OperatorError} when there is no such piece
 */
export const removePieces = (file: SourceFile, pieces: readonly string[]): void => {
  for (const piece of pieces) {
    file.removeText(...rangeOf(findPiece(file, piece)));
  }
  for (let before = ''; before !== file.getFullText(); ) {
    before = file.getFullText();
    file.fixUnusedIdentifiers();
  }
};

const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0;

/**
 * Removes pieces from a text file. In YAML a piece is a line with everything that is indented below it and the
 * comment above it; in Markdown it is a section when it begins with `#`, otherwise a line.
 * @throws {OperatorError} when there is no such piece
 */
export const withoutLines = (file: string, text: string, pieces: readonly string[]): string => {
  const lines = text.split('\n');
  for (const piece of pieces) {
    const first = lines.findIndex((line) => line.trimStart().startsWith(piece));
    const line = lines[first];
    if (line === undefined) throw new OperatorError(`${file} holds no line that begins with: ${piece}`);
    const isMarkdown = file.endsWith('.md');
    const goesOn = (next: string): boolean => {
      if (!isMarkdown) return next.trim() !== '' && indentOf(next) > indentOf(line);
      const [level] = /^#+(?= )/.exec(line) ?? [];
      const [nextLevel] = /^#+(?= )/.exec(next) ?? [];
      return level !== undefined && (nextLevel === undefined || nextLevel.length > level.length);
    };
    let end = first + 1;
    while (end < lines.length && goesOn(lines[end] ?? '')) end += 1;
    let start = first;
    const isComment = (above: string | undefined): boolean =>
      !isMarkdown && above !== undefined && /^ *#/.test(above) && indentOf(above) === indentOf(line);
    while (isComment(lines[start - 1])) start -= 1;
    lines.splice(start, end - start);
  }
  return lines.join('\n');
};

/** The kinds of files that the TypeScript compiler reads. */
export const isScript = (file: string): boolean => /\.[cm]?[jt]s$/.test(file);
