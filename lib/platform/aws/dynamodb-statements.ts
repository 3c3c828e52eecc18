import { BatchExecuteStatementCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A write of one item in PartiQL. */
export interface Statement {
  /** With a `?` for each parameter. */
  text: string;
  parameters: unknown[];
}

/** The most that a call takes. */
export const MAX_STATEMENTS = 25;

/** Puts an item where there is none. Fields that are undefined are left out. */
const insertStatement = (tableName: string, item: Readonly<Record<string, unknown>>): Statement => {
  const fields = Object.entries(item).filter(([, value]) => value !== undefined);
  return {
    text: `INSERT INTO "${tableName}" VALUE {${fields.map(([name]) => `'${name}': ?`).join(', ')}}`,
    parameters: fields.map(([, value]) => value),
  };
};

/** `refused` when the table holds something that the statement's condition does not allow. */
export type StatementOutcome = 'done' | 'refused' | 'failed';

const REFUSALS: readonly (string | undefined)[] = ['DuplicateItem', 'ConditionalCheckFailed'];

/**
 * Runs writes of single items in one call. Each succeeds or fails by itself, as separate calls would, and costs as much.
 * @returns what became of each, in their order
 * @throws when it is not known of any of them
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */
export const runStatements = async (
  client: DynamoDBDocumentClient,
  statements: readonly Statement[],
): Promise<StatementOutcome[]> => {
  const { Responses = [] } = await client.send(
    new BatchExecuteStatementCommand({
      Statements: statements.map(({ text, parameters }) => ({ Statement: text, Parameters: parameters })),
    }),
  );
  return statements.map((_, index) => {
    const response = Responses[index];
    if (!response) return 'failed';
    if (!response.Error) return 'done';
    return REFUSALS.includes(response.Error.Code) ? 'refused' : 'failed';
  });
};

/**
 * Puts items where there are none, in one call.
 * @returns for each whether it was put, false where there is one already, and undefined where that is not known
 * @throws when it is not known of any of them
 */
export const insertAll = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  items: readonly Readonly<Record<string, unknown>>[],
): Promise<(boolean | undefined)[]> => {
  const outcomes = await runStatements(
    client,
    items.map((item) => insertStatement(tableName, item)),
  );
  return outcomes.map((outcome) => (outcome === 'failed' ? undefined : outcome === 'done'));
};
