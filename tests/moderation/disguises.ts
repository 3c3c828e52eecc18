/** Ways to disguise a word, each with an example of it for every place where it can be used. */
export const DISGUISES: Readonly<Record<string, (word: string) => string[]>> = {
  'mixed case': (word) => [
    Array.from(word, (letter, at) => (at % 2 ? letter.toUpperCase() : letter)).join(''),
  ],
  'one digit or sign': (word) => replacements(word, SIGNS),
  'digits and signs': (word) => [Array.from(word, (letter) => SIGNS[letter]?.[0] ?? letter).join('')],
  'one look-alike': (word) => replacements(word, LOOK_ALIKES),
  'look-alikes': (word) =>
    [0, 1, 2].map((n) => Array.from(word, (letter) => LOOK_ALIKES[letter]?.[n] ?? letter).join('')),
  'repeated letters': (word) => [
    ...Array.from(word, (letter, at) => word.slice(0, at) + letter.repeat(5) + word.slice(at + 1)),
    Array.from(word, (letter) => letter.repeat(3)).join(''),
  ],
  'invisible characters': (word) =>
    Array.from('\u200b\u00ad\u2060\ufe0f', (hidden) => Array.from(word).join(hidden)),
  accents: (word) => Array.from('\u0301\u0308\u0323', (mark) => `${Array.from(word).join(mark)}${mark}`),
  'other alphabets of Unicode': (word) =>
    [0xff41, 0x1d41a, 0x1d4ea, 0x1d552, 0x24d0].map((a) =>
      Array.from(word, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) - 97 + a)).join(''),
    ),
  'letters apart': (word) =>
    word.length < 4 ? [] : [' ', '.', '-', '_', '*', ' . ', '  '].map((gap) => Array.from(word).join(gap)),
  'starred vowels': (word) =>
    Array.from(word).flatMap((letter, at) =>
      at > 0 && 'aeiou'.includes(letter) ? [`${word.slice(0, at)}*${word.slice(at + 1)}`] : [],
    ),
};

const SIGNS: Readonly<Record<string, string>> = {
  ...{ a: '4@', b: '8', e: '3', g: '6', i: '1!|', l: '1/', o: '0', s: '$5', t: '7+', z: '2' },
};

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ a: 'аɑα', b: 'Ьʙß', c: 'сϲᴄ', d: 'ԁɗᴅ', e: 'еεᴇ', f: 'ƒғꜰ', g: 'ɡցɢ', h: 'һнʜ', i: 'іιı', j: 'јʝᴊ' },
  ...{ k: 'κкᴋ', l: 'ӏʟⅼ', m: 'мᴍⅿ', n: 'ոпɴ', o: 'оοօ', p: 'рρᴘ', r: 'гʀᴦ', s: 'ѕꜱʂ', t: 'тτᴛ', u: 'υսᴜ' },
  ...{ v: 'νѵᴠ', w: 'ԝωᴡ', x: 'хχҳ', y: 'уγʏ', z: 'ᴢƶʐ' },
};

const replacements = (word: string, others: Readonly<Record<string, string>>): string[] =>
  Array.from(word).flatMap((letter, at) =>
    Array.from(others[letter] ?? '', (other) => word.slice(0, at) + other + word.slice(at + 1)),
  );
