import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { editedText } from '../../chaos/mutations/mutation.ts';
import { MUTATIONS } from '../../chaos/mutations/mutations.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');

describe('the mutation table', () => {
  test.each(MUTATIONS.map((mutation) => [mutation.guard, mutation] as const))(
    'fits the sources: %s',
    (_guard, { edits }) => {
      const texts = new Map<string, string>();
      for (const edit of edits) {
        const before = texts.get(edit.file) ?? read(edit.file);
        texts.set(edit.file, editedText(before, edit));
      }
      for (const [file, text] of texts) expect(text).not.toBe(read(file));
    },
  );

  test('says of each guard what it breaks, or who covers it', () => {
    expect(new Set(MUTATIONS.map(({ guard }) => guard)).size).toBe(MUTATIONS.length);
    for (const { breaks, coveredBy } of MUTATIONS) expect(breaks.length > 0).toBe(coveredBy === undefined);
  });

  test('stands in docs/reliability.md, guard by guard', () => {
    const rows = read('docs/reliability.md')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split(' | ')[0]?.slice(2));
    expect(rows).toEqual(expect.arrayContaining(MUTATIONS.map(({ guard }) => guard)));
  });

  test('refuses a text that is not there, or twice', () => {
    const edit = { file: 'x.ts', find: 'a', replace: 'b' };
    expect(editedText('xay', edit)).toBe('xby');
    expect(() => editedText('xy', edit)).toThrow('x.ts holds 0 times');
    expect(() => editedText('aa', edit)).toThrow('x.ts holds 2 times');
  });
});
