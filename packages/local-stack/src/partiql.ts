import { z } from 'zod';

/** A write of one item that a PartiQL statement asks for. */
export interface StatementWrite {
  operation: 'Put' | 'Update' | 'Delete';
  table: string;
  /** In DynamoDB's JSON: the whole item that is put, or what an update or a deletion compares, its key among it. */
  item: Record<string, unknown>;
  /** Whether DynamoDB said that it was not done. */
  refused: boolean;
}

const Value = z.record(z.string(), z.unknown());
const Request = z.looseObject({
  Statements: z.array(z.looseObject({ Statement: z.string(), Parameters: z.array(Value).default([]) })),
});
const Response = z.looseObject({
  Responses: z.array(z.looseObject({ Error: z.unknown().optional() })).default([]),
});

const TABLE = '"?([\\w.-]+)"?';
const INSERT = new RegExp(`^\\s*INSERT\\s+INTO\\s+${TABLE}\\s+VALUE\\s*\\{(.*)\\}\\s*$`, 'is');
const UPDATE = new RegExp(`^\\s*UPDATE\\s+${TABLE}\\s+(.*?)\\sWHERE\\s(.*)$`, 'is');
const DELETE = new RegExp(`^\\s*DELETE\\s+FROM\\s+${TABLE}(\\s+)WHERE\\s(.*)$`, 'is');
const INSERTED_FIELD = /'([^']+)'\s*:\s*\?/g;
const COMPARED_FIELD = /"?(\w+)"?\s*=\s*\?/g;

const placeholdersIn = (text: string): number => text.split('?').length - 1;

const fieldsOf = (text: string, field: RegExp, parameters: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries([...text.matchAll(field)].map(([, name = ''], index) => [name, parameters[index]]));

const writeOf = (
  text: string,
  parameters: readonly unknown[],
): Omit<StatementWrite, 'refused'> | undefined => {
  const [, insertedInto, inserted] = INSERT.exec(text) ?? [];
  if (insertedInto !== undefined && inserted !== undefined)
    return { operation: 'Put', table: insertedInto, item: fieldsOf(inserted, INSERTED_FIELD, parameters) };
  for (const [operation, form] of [['Update', UPDATE] as const, ['Delete', DELETE] as const]) {
    const [, table, changes, condition] = form.exec(text) ?? [];
    if (table === undefined || changes === undefined || condition === undefined) continue;
    const compared = parameters.slice(placeholdersIn(changes));
    return { operation, table, item: fieldsOf(condition, COMPARED_FIELD, compared) };
  }
  return undefined;
};

/** What one statement is, and what it is about. */
export interface Statement {
  kind: 'Select' | 'Insert' | 'Update' | 'Delete' | 'ConditionCheck';
  table: string | undefined;
  index: string | undefined;
  /** Attributes that it inserts or compares with a parameter. */
  item: Record<string, unknown>;
  /** Its condition; empty without one. */
  where: string;
}

const SELECT = /\bFROM\s+"?([\w.-]+?)"?(?:\."?([\w.-]+)"?)?(?:\s+WHERE\s(.*))?$/is;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html */
export const statementOf = (text: string, parameters: readonly unknown[]): Statement => {
  const write = writeOf(text, parameters);
  if (write) {
    const kind = write.operation === 'Put' ? 'Insert' : write.operation;
    return { kind, table: write.table, index: undefined, item: write.item, where: '' };
  }
  const isCheck = /^\s*EXISTS\s*\(/i.test(text);
  const [, table, index, where = ''] =
    SELECT.exec(isCheck ? text.trim().replace(/\)$/, '') : text.trim()) ?? [];
  const item = fieldsOf(where, COMPARED_FIELD, parameters);
  return { kind: isCheck ? 'ConditionCheck' : 'Select', table, index, item, where };
};

/**
 * The writes that a BatchExecuteStatement call asked for, and which of them were done; nothing for reads. Of statements
 * whose values are written into them instead of parameters, only the table is told.
 * @param answer undefined when the call as a whole was refused
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
 */
export const writesOfStatements = (requestBody: string, answer: string | undefined): StatementWrite[] => {
  const { Statements } = Request.parse(JSON.parse(requestBody));
  const responses = answer === undefined ? undefined : Response.parse(JSON.parse(answer)).Responses;
  return Statements.flatMap(({ Statement, Parameters }, index) => {
    const write = writeOf(Statement, Parameters);
    const response = responses?.[index];
    return write ? [{ ...write, refused: !response || response.Error !== undefined }] : [];
  });
};
