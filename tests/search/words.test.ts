import fc from 'fast-check';
import {
  firstOf,
  holdsAll,
  indexedWords,
  MAX_INDEXED_WORDS,
  placedWords,
  wordsOf,
} from '#lib/search/words.ts';
import { codePoint } from '#tests/support/code-points.ts';

describe('the words of a text', () => {
  test.each([
    ['English', 'Serverless on a rainy day', ['serverless', 'on', 'a', 'rainy', 'day']],
    ['Thai, written without spaces', 'สวัสดีครับ', ['สวัสดี', 'ครับ']],
    ['Thai with sara am', 'ดื่มน้ำทำงาน', ['ดื่ม', 'น้ํา', 'ทํางาน']],
    ['Chinese', '我喜欢北京', ['我', '喜欢', '北京']],
    ['Japanese', '東京の夕焼け', ['東京', 'の', '夕焼け']],
    ['Korean', '안녕하세요 세계', ['안녕하세요', '세계']],
    ['Arabic', 'مرحبا بالعالم', ['مرحبا', 'بالعالم']],
    ['Russian in capitals', 'ПРИВЕТ МИР', ['привет', 'мир']],
    ['Greek with a final sigma', 'ΟΔΟΣ οδός', ['οδοσ', 'οδόσ']],
    ['German sharp s', 'Straße STRASSE STRAẞE', ['strasse']],
    ['Turkish capitals', 'İstanbul ISTANBUL ıstanbul', ['istanbul']],
    ['full-width and compatibility forms', 'Ｈｅｌｌｏ ﬁne H₂O 5㎏', ['hello', 'fine', 'h2o', '5kg']],
    ['half-width katakana', 'ﾃﾚﾋﾞ テレビ', ['テレビ']],
    ['marks of trade, and keycaps', 'Java™ 1️⃣', ['java', '1']],
    ['decomposed accents', 'cafe\u0301', ['café']],
    ['hashtags and names', '#aws @grace', ['aws', 'grace']],
    ['compounds', 'node.js snake_case 3.14', ['node', 'js', 'snake', 'case', '3.14']],
    ['emoji only', '🎉🎉', []],
    ['nothing', '   ', []],
  ])('of %s', (_script, text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test('are each there once, in the order of their first occurrence', () => {
    expect(wordsOf('the cat and The dog and THE bird')).toEqual(['the', 'cat', 'and', 'dog', 'bird']);
  });

  test.each([
    ["O’Brien, O'Brien, OʼBrien, O＇Brien, O‘Brien, O`Brien, O´Brien", ["o'brien"]],
    ["‘tis ’tis 'tis ʻtis", ['tis']],
    ['می‌خواهم می\u200cخواهم میخواهم', ['میخواهم']],
    ['co\u00adoperate \ufeffcooperate co\u2060operate', ['cooperate']],
    ['har\u200bbour ha\u3164rbour', ['har', 'bour', 'ha', 'rbour']],
  ])('of %j meet', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  const unseen = [
    ...['\u00ad', '\u034f', '\u061c', '\u180e', '\u200c', '\u200d', '\u200e', '\u200f', '\u202a', '\u202e'],
    ...[
      '\u2060',
      '\u2064',
      '\u2066',
      '\u2067',
      '\u2068',
      '\u2069',
      '\ufe00',
      '\ufe0f',
      '\ufeff',
      '\u{e0100}',
    ],
  ];
  test('are the same with what nobody sees anywhere in them', () => {
    const text = fc.constantFrom(
      ...[
        'Rain in the harbour',
        '我喜欢北京大学',
        'สวัสดีครับ น้ำดื่ม',
        'مرحبا بالعالم',
        '東京の夕焼け',
        '안녕하세요 세계',
      ],
      ...["O'Brien's node.js 3.14", 'ＡＷＳ ﬁne ﾃﾚﾋﾞ', 'नमस्ते दुनिया'],
    );
    fc.assert(
      fc.property(
        text,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...unseen)), { minLength: 1, maxLength: 5 }),
        (plain, marks) => {
          const letters = Array.from(plain);
          for (const [place, mark] of marks) letters.splice(place % (letters.length + 1), 0, mark);
          expect(wordsOf(letters.join(''))).toEqual(wordsOf(plain));
        },
      ),
    );
  });

  test('know their places in the text as it is written', () => {
    const text = 'The har\u00adbour: O’Brien’s ﬁne H₂O, น้ำดื่ม, node.js';
    expect([...placedWords(text)].map(({ start, end }) => text.slice(start, end))).toEqual([
      'The',
      'har\u00adbour',
      'O’Brien’s',
      'ﬁne',
      'H₂O',
      'น้ำ',
      'ดื่ม',
      'node',
      'js',
    ]);
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
        for (const { word, start, end } of placedWords(text)) {
          expect(word).toMatch(/^\S+$/u);
          expect(text.slice(start, end)).not.toBe('');
        }
      }),
    );
  });
});

describe('what the index knows of a text', () => {
  test('is each word with its first place', () => {
    expect(indexedWords('The cat and the dog')).toEqual({
      words: ['the', 'cat', 'and', 'dog'],
      offsets: [0, 4, 8, 16],
    });
  });

  test('are the first of its words, up to a number', () => {
    const text = Array.from({ length: 2 * MAX_INDEXED_WORDS }, (_, number) => `word${number}`).join(' ');
    const { words, offsets } = indexedWords(text);
    expect(words).toEqual(wordsOf(text).slice(0, MAX_INDEXED_WORDS));
    expect(offsets).toHaveLength(MAX_INDEXED_WORDS);
  });

  test('meets a query when it has all of its words, and first where the first of them stands', () => {
    const known = indexedWords('The cat and the dog');
    expect(holdsAll(known, ['dog', 'cat'])).toBe(true);
    expect(holdsAll(known, ['dog', 'bird'])).toBe(false);
    expect(firstOf(known, ['dog', 'cat'])).toBe(4);
  });
});
