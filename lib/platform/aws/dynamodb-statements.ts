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
export const insertStatement = (tableName: string, item: Readonly<Record<string, unknown>>): Statement => {
  const fields = Object.entries(item).filter(([, value]) => value !== undefined);
  return {
    text: `INSERT INTO "${tableName}" VALUE {${fields.map(([name]) => `'${name}': ?`).join(', ')}}`,
    parameters: fields.map(([, value]) => value),
  };
};

/**
 * Runs writes of single items in one call. Each succeeds or fails by itself, as separate calls would, and costs as much.
 * @returns for each whether it took effect, in their order
 * @throws when it is not known of any of them
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */
export const runStatements = async (
  client: DynamoDBDocumentClient,
  statements: readonly Statement[],
): Promise<boolean[]> => {
  const { Responses = [] } = await client.send(
    new BatchExecuteStatementCommand({
      Statements: statements.map(({ text, parameters }) => ({ Statement: text, Parameters: parameters })),
    }),
  );
  return statements.map((_, index) => Responses[index] !== undefined && !Responses[index].Error);
};
