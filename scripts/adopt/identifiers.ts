import { Node, type Project, type SourceFile, SyntaxKind } from 'ts-morph';
import type { Rename } from './entity.ts';

/**
 * Whether a name is declared by a package, by Node.js or by JavaScript: then it is not ours to rename. A key of a record is
 * declared by nobody: `Record<string, …>` names no keys.
 */
const isForeign = (identifier: Node, isOurs: (file: string) => boolean): boolean => {
  const name = identifier.getText();
  const declarations = (identifier.getSymbol()?.getDeclarations() ?? []).filter(
    (node) => Node.hasName(node) && node.getName() === name,
  );
  return declarations.length > 0 && declarations.every((node) => !isOurs(node.getSourceFile().getFilePath()));
};

/**
 * The text of a source file with the entity renamed: identifiers by what the compiler knows of their declarations, strings
 * and comments word by word.
 */
export const renamedSource = (
  file: SourceFile,
  rename: Rename,
  isOurs: (file: string) => boolean,
): string => {
  const text = file.getFullText();
  const identifiers = file
    .getDescendantsOfKind(SyntaxKind.Identifier)
    .filter((identifier) => rename(identifier.getText(), true) !== identifier.getText());
  let result = '';
  let position = 0;
  for (const identifier of identifiers) {
    const name = identifier.getText();
    result += rename(text.slice(position, identifier.getStart()));
    result += isForeign(identifier, isOurs) ? name : rename(name, true);
    position = identifier.getEnd();
  }
  return result + rename(text.slice(position));
};

/** Names that would be there twice after the rename, each with its file: in one object, or declared in one file. */
export const collisionsIn = (project: Project, rename: Rename): string[] =>
  project.getSourceFiles().flatMap((file) => {
    const declared = file.getDescendantsOfKind(SyntaxKind.Identifier).filter(isDeclared);
    const objects = file.getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression);
    const lists = [declared, ...objects.map((object) => object.getProperties().filter(Node.isPropertyNamed))];
    return lists.flatMap((nodes) => {
      const names = new Set(nodes.map((node) => (Node.isIdentifier(node) ? node.getText() : node.getName())));
      return [...names]
        .filter((name) => rename(name, true) !== name && names.has(rename(name, true)))
        .map((name) => `${rename(name, true)} in ${file.getFilePath()}`);
    });
  });

/** Whether an identifier is where a name is declared. */
const isDeclared = (identifier: Node): boolean => {
  const parent = identifier.getParent();
  return (
    (Node.isVariableDeclaration(parent) ||
      Node.isParameterDeclaration(parent) ||
      Node.isBindingElement(parent) ||
      Node.isImportSpecifier(parent) ||
      Node.isFunctionDeclaration(parent) ||
      Node.isTypeAliasDeclaration(parent) ||
      Node.isInterfaceDeclaration(parent) ||
      Node.isClassDeclaration(parent)) &&
    parent.getNameNode() === identifier
  );
};
