import fc from 'fast-check';
import { snippetOf } from '#lib/search/snippet.ts';
import { conditionsOf } from '#lib/search/words.ts';

const marked = (content: string, query: string): string[] => {
  const { text, highlights } = snippetOf(content, conditionsOf(query));
  return highlights.map(({ start, end }) => text.slice(start, end));
};

describe('a snippet', () => {
  test('is the whole of a short text, with every found word marked as it is written there', () => {
    const { text } = snippetOf('Rain, RAIN and rainbows', conditionsOf('rain'));
    expect(text).toBe('Rain, RAIN and rainbows');
    expect(marked('Rain, RAIN and rainbows', 'rain')).toEqual(['Rain', 'RAIN', 'rainbows']);
  });

  test('marks words in scripts without spaces', () => {
    expect(marked('我喜欢北京', '北京')).toEqual(['北京']);
  });

  test('of a long text surrounds the first found word and says where it was cut', () => {
    const content = `${'before '.repeat(60)}needle ${'after '.repeat(60)}`;
    const { text } = snippetOf(content, conditionsOf('needle'));
    expect(text).toMatch(/^…before .*needle after.*after…$/);
    expect(marked(content, 'needle')).toEqual(['needle']);
  });

  test('is never too long, never cuts a character, and marks only what is found', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('needle', 'hay 🎉', '𝒽𝒶𝓎', '👩‍👩‍👧', 'x'.repeat(300)), { maxLength: 80 }),
        (words) => {
          const content = words.join(' ');
          const { text, highlights } = snippetOf(content, conditionsOf('needle'));
          expect(text.length).toBeLessThanOrEqual(200);
          expect(text.isWellFormed()).toBe(true);
          for (const { start, end } of highlights) expect(text.slice(start, end)).toBe('needle');
        },
      ),
    );
  });
});
