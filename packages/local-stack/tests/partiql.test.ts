import { writesOfStatements } from '../src/partiql.ts';

const S = (text: string) => ({ S: text });
const callOf = (...statements: [string, ...unknown[]][]) =>
  JSON.stringify({
    Statements: statements.map(([Statement, ...Parameters]) => ({ Statement, Parameters })),
  });
const DONE = JSON.stringify({ Responses: [{ TableName: 't' }, { TableName: 't' }] });

describe('the writes of a BatchExecuteStatement call', () => {
  test('are told with their table and item, or what they compare', () => {
    const call = callOf(
      [`INSERT INTO "notes-1" VALUE {'userId': ?, 'notificationId': ?}`, S('ada'), S('n-1')],
      [
        'UPDATE "posts" SET "status" = ?, version = ? WHERE postId = ? AND "version" = ?',
        S('x'),
        S('2'),
        S('p'),
        S('1'),
      ],
      ['delete from posts where postId = ?', S('q')],
    );
    expect(writesOfStatements(call, undefined)).toEqual([
      {
        operation: 'Put',
        table: 'notes-1',
        item: { userId: S('ada'), notificationId: S('n-1') },
        refused: true,
      },
      { operation: 'Update', table: 'posts', item: { postId: S('p'), version: S('1') }, refused: true },
      { operation: 'Delete', table: 'posts', item: { postId: S('q') }, refused: true },
    ]);
  });

  test('are refused where the answer says so, each by itself', () => {
    const insert: [string, unknown] = [`INSERT INTO "notes" VALUE {'id': ?}`, S('1')];
    const answer = JSON.stringify({
      Responses: [{ TableName: 'notes' }, { Error: { Code: 'DuplicateItem' } }],
    });
    expect(writesOfStatements(callOf(insert, insert), answer).map(({ refused }) => refused)).toEqual([
      false,
      true,
    ]);
  });

  test('are none of a read', () => {
    expect(writesOfStatements(callOf(['SELECT * FROM "posts" WHERE postId = ?', S('p')]), DONE)).toEqual([]);
  });
});
