import fc from 'fast-check';
import { conditionsOf, distinctWords, wordsOf } from '#lib/search/words.ts';
import { codePoint } from '#tests/support/code-points.ts';

describe('the words of a text', () => {
  test.each([
    ['English', 'Serverless on a rainy day', ['serverless', 'on', 'a', 'rainy', 'day']],
    ['Thai, written without spaces', 'สวัสดีครับ', ['สวัสดี', 'ครับ']],
    ['Chinese', '我喜欢北京', ['我', '喜欢', '北京']],
    ['Japanese', '東京の夕焼け', ['東京', 'の', '夕焼け']],
    ['Korean', '안녕하세요 세계', ['안녕하세요', '세계']],
    ['Arabic', 'مرحبا بالعالم', ['مرحبا', 'بالعالم']],
    ['Russian in capitals', 'ПРИВЕТ МИР', ['привет', 'мир']],
    ['Greek with a final sigma', 'ΟΔΟΣ οδός', ['οδοσ', 'οδόσ']],
    ['German sharp s', 'Straße STRASSE STRAẞE', ['strasse', 'strasse', 'strasse']],
    ['full-width and compatibility forms', 'Ｈｅｌｌｏ ﬁne', ['hello', 'fine']],
    ['decomposed accents', 'cafe\u0301', ['café']],
    ['hashtags and names', '#aws @grace', ['aws', 'grace']],
    ['compounds', 'node.js snake_case 3.14', ['node', 'js', 'snake', 'case', '3.14']],
    ['emoji only', '🎉🎉', []],
    ['nothing', '   ', []],
  ])('of %s', (_script, text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test('are each known once to the index', () => {
    expect(distinctWords('the cat and The dog and THE bird')).toEqual(['and', 'bird', 'cat', 'dog', 'the']);
  });

  test('are the same however the text is written in upper or lower case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zäöüßñçéа-я ]{0,60}$/u), (text) => {
        expect(wordsOf(text.toUpperCase())).toEqual(wordsOf(text));
      }),
    );
  });

  test('of any text whatever can be told, and hold no white space', () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint, maxLength: 200 }), (text) => {
        for (const word of wordsOf(text)) expect(word).toMatch(/^\S+$/u);
      }),
    );
  });
});

describe('what a query asks for', () => {
  test('is every word, the last one also as the beginning of a word', () => {
    expect(conditionsOf('rainy serv')).toEqual([
      { word: 'rainy', prefix: false },
      { word: 'serv', prefix: true },
    ]);
  });

  test('is the last word as it is when it has less than three letters', () => {
    expect(conditionsOf('rainy on')).toEqual([
      { word: 'rainy', prefix: false },
      { word: 'on', prefix: false },
    ]);
  });

  test('is a repeated word once', () => {
    expect(conditionsOf('on on')).toEqual([{ word: 'on', prefix: false }]);
  });

  test('is nothing when it holds no word', () => {
    expect(conditionsOf(' … ')).toEqual([]);
  });
});
