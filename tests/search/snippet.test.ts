import fc from 'fast-check';
import { snippetOf } from '#lib/search/snippet.ts';
import { firstOf, indexedWords, wordsOf } from '#lib/search/words.ts';

const found = (content: string, query: string) =>
  snippetOf(content, wordsOf(query), firstOf(indexedWords(content), wordsOf(query)));

const marked = (content: string, query: string): string[] => {
  const { text, highlights } = found(content, query);
  return highlights.map(({ start, end }) => text.slice(start, end));
};

describe('a snippet', () => {
  test('is the whole of a short text, with every found word marked as it is written there', () => {
    expect(found('Rain, RAIN and rainbows', 'rain').text).toBe('Rain, RAIN and rainbows');
    expect(marked('Rain, RAIN and rainbows', 'rain')).toEqual(['Rain', 'RAIN']);
    expect(marked('The har\u00adbour of O’Brien at node.js', "harbour o'brien JS")).toEqual([
      'har\u00adbour',
      'O’Brien',
      'js',
    ]);
  });

  test('marks words in scripts without spaces', () => {
    expect(marked('我喜欢北京', '北京')).toEqual(['北京']);
  });

  test('of a long text surrounds the first found word and says where it was cut', () => {
    const content = `${'before '.repeat(60)}needle ${'after '.repeat(60)}`;
    expect(found(content, 'needle').text).toMatch(/^…before .*needle after.*after…$/);
    expect(marked(content, 'needle')).toEqual(['needle']);
    expect(marked(content, 'after needle')).toEqual(['needle', ...'after '.repeat(26).trim().split(' ')]);
  });

  test('begins with the text, if the word is near its beginning, and ends with it, if it is near its end', () => {
    expect(found(`a needle ${'hay '.repeat(80)}`, 'needle').text).toMatch(/^a needle hay.*hay…$/);
    expect(found(`${'hay '.repeat(80)}needle!`, 'needle').text).toMatch(/^…hay .*hay needle!$/);
  });

  test('is never too long, never cuts a character, and marks the first found word and none that is not', () => {
    const piece = fc.constantFrom(
      ...['hay 🎉', '𝒽𝒶𝓎', '👩‍👩‍👧', 'x'.repeat(300), '图书馆因为那里', 'น้ำดื่ม', 'e\u0301', 'har\u00adbour'],
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 80 }),
        fc.array(fc.oneof(piece, fc.constant('needle')), { maxLength: 40 }),
        fc.constantFrom(' ', '。', ', '),
        (before, after, gap) => {
          const content = [...before, 'Needle', ...after].join(gap);
          if (!indexedWords(content).words.includes('needle')) return;
          const { text, highlights } = found(content, 'needle');
          expect(text.length).toBeLessThanOrEqual(200);
          expect(text.isWellFormed()).toBe(true);
          expect(content).toContain(text.replaceAll('…', ''));
          const places = highlights.map(({ start, end }) => text.slice(start, end));
          expect(places[0]).toBe('Needle');
          expect(new Set(places.slice(1)).difference(new Set(['needle'])).size).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
