import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as z from 'zod';
import { ruleReviewer } from '#lib/moderation/rule-reviewer.ts';
import { moderationRules } from '#lib/moderation/rules.ts';
import { DISGUISES } from './disguises.ts';

const review = ruleReviewer(moderationRules);
const labelsOf = async (text: string) => (await review(text)).labels;

/** The words of a list of the rules, without phrases and without their `*`. */
const wordsOf = (lines: readonly string[]): string[] =>
  lines
    .flatMap((line) => line.split(', '))
    .map((word) => word.replaceAll('*', ''))
    .filter((word) => /^[a-z]+$/.test(word));

const BLOCKED = wordsOf(moderationRules.words.blocked);
const IN_DISGUISE = wordsOf(moderationRules.words.blockedInDisguise);

describe('innocent posts', () => {
  test.each([
    ['plain talk', 'A walk along the river this morning.'],
    ['numbers', 'Tern 455 and 5417 of 8008, 2026-11-20 at 4:55, 1,455.00, no. 455, 0.745s, 45s, 800B'],
    ['designations', 'The A55 to Holyhead, a Galaxy A55, the B52s and an F-4G'],
    ['hexadecimal digits', 'commit fa9b2c of a55f3e1, 3fa85f64-5717-4562-b3fc-2c963f66afa6'],
    ['code', 'f(x) = a(b) + c[i] || d; if (um) x = y ? 1 : 0; git push -u'],
    ['letters in mathematics and lists', 'ω0 = 7ω; σ1 + ς; а . б . в . г; A | B | C | D; 5$ or 717$'],
    ['other scripts', '我喜欢北京。 สวัสดีครับ 東京の夕焼け مرحبا بالعالم роги, шапку, тітчин'],
    ['initials', 'J. R. R. Tolkien and A. A. Milne of the U.S.A., e.g. P. K. Dick'],
    ['names', 'Moby Dick, Dick Van Dyke, Scunthorpe, Penistone, Twatt, Harshit, Matsushita, Kike Hernández'],
    [
      'everyday uses',
      'A cock crowed, a blue tit sang, an ass brayed, we pricked the sausages. A chink of light.',
    ],
    ['animals and plants', 'Great tits, rapeseed, pussy willow, bastard toadflax, Turdus merula'],
    ['hard subjects', 'Help for victims of rape and incest, human trafficking, revenge porn, semen analysis'],
    ['Latin, French, Swedish and Dutch', 'magna cum laude; le train est en retard; till slut; kunt u dat?'],
    ['sport and music', 'The hooker won the scrum, cock of the north, scat singing, Porgy and Bess'],
    ['a few links', 'https://example.com/a and https://example.org/b'],
    ['a little repetition', 'no no no no, that was funny hahahahaha!!!!!!'],
    ['a refrain', 'row row row your boat gently down the stream merrily merrily merrily life is but a dream'],
    ['white space', ' '.repeat(200)],
  ])('%s', async (_what, text) => {
    expect(await review(text)).toEqual({ decision: 'approved', labels: [], scores: {} });
  });

  // Sampled from a dictionary: words that hold a blocked one, or would if repeated letters did not count.
  const hardWords = readFileSync(new URL('innocent-words.txt', import.meta.url), 'utf8')
    .trim()
    .split(/\s+/);
  test('words of the dictionary that look like blocked ones', async () => {
    const flagged = [];
    for (const word of hardWords)
      if ((await labelsOf(`A word: ${word}, no more.`)).length > 0) flagged.push(word);
    expect(hardWords.length).toBeGreaterThan(400);
    expect(flagged).toEqual([]);
  });

  test.each([
    'An assorted cheese board',
    'View from the cockpit',
    'Happy birthday Georgy',
    'Pachinko in Fukushima',
  ])('"%s", in any case and width', async (text) => {
    const wide = text.replace(/[a-z]/gi, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0));
    for (const form of [text, text.toUpperCase(), text.toLowerCase(), wide])
      expect(await labelsOf(form)).toEqual([]);
  });
});

describe('blocked words', () => {
  test('are found as they are', async () => {
    for (const word of BLOCKED)
      for (const text of [word, word.toUpperCase(), `You ${word}!`, `"${word}"s`, `_${word}_`, `你${word}吧`])
        expect({ text, labels: await labelsOf(text) }).toEqual({ text, labels: ['profanity'] });
  });

  test('of an everyday meaning are left alone as they are', async () => {
    for (const word of IN_DISGUISE)
      for (const text of [word, `One ${word}.`, `ONE ${word.toUpperCase()}!`, `#${word}`])
        expect({ text, labels: await labelsOf(text) }).toEqual({ text, labels: [] });
  });

  // What remains of these spells nothing but a number, or is a word of its own: "8008", "annus", "гаре".
  const isOther = (text: string): boolean =>
    !/[a-z]/i.test(text.normalize('NFKD')) ||
    moderationRules.words.allowed.some((line) => line.includes(text));

  test.each(Object.entries(DISGUISES))('are found in disguise: %s', async (_kind, disguise) => {
    const words = [...BLOCKED, ...IN_DISGUISE];
    const missed = [];
    for (const text of new Set(words.flatMap(disguise)))
      if (!words.includes(text) && !isOther(text) && (await labelsOf(`you ${text}, you`)).length === 0)
        missed.push(text);
    expect(missed.filter((text) => !/^\d+[a-z]?$/.test(text))).toEqual([]);
  });

  test.each([
    'this is shit',
    'ʃṳ𝒸𝗄 fսck',
    'you are a b1tch',
    'fuuuuuuuckkk',
    'what a f u c k i n g day',
    's.h.i.t happens',
    'sh\u200bi\u00adt',
    'ｆｕｃｋ',
    'ѕһіт and ғцск',
    'ⓕⓤⓒⓚ 🅵🆄🅲🅺 ᖴᑌᑕK ꜰᴜᴄᴋ',
    '🅱️itch',
    'fu(k, f*ck, f-ck, f@ck',
    'fu ck you',
    'fck this',
    '#EatShitNow',
    'sh-it fu.ck',
    'you a$$, you d1ck',
    'y o u c u n t',
    's    h    i    t',
    's. ... .h. ... .i. ... .t',
    's h * t',
    'ϲ_o_c_k',
    'ω@nky ϲ0ck',
    'nIgՑeR',
    'you 4$$',
    'youfuckingidiot',
    'dIcK',
    'Claim your CRYPTO   GIVEAWAY now',
    'che4p p1llllls here',
    'frее cаsino bоnus',
  ])('%s', async (text) => {
    expect(await labelsOf(text)).toContain('profanity');
  });

  test('and phrases of any script can be added to the rules', async () => {
    const blocked = ['спам, 免费赌场', 'a [b] c?, pizza'];
    const withMore = ruleReviewer({ ...moderationRules, words: { ...moderationRules.words, blocked } });
    const decisions = await Promise.all(
      ['Это СПАМ!', '快来免费赌场吧', 'so a [b] c? yes', 'pizzza', 'спамер', 'nothing'].map(
        async (text) => (await withMore(text)).decision,
      ),
    );
    expect(decisions).toEqual(['flagged', 'flagged', 'flagged', 'flagged', 'approved', 'approved']);
  });
});

describe('links', () => {
  const HOST = 'www.grabify.link';
  const after = fc.constantFrom(
    ...[
      '.',
      ',',
      ')',
      '!',
      ';',
      '。',
      '”',
      '’',
      '…',
      '、',
      '」',
      '？',
      '*',
      '_',
      '|',
      '`',
      '~',
      '>',
      '\\x',
      ':',
    ],
    ...['/x', '?x', '#x', ':443', ':443/x', './x', '.', '..', '😀', '吧', '$', '&x', '"', "'", ''],
  );
  const before = fc.constantFrom(
    '',
    ' ',
    '(',
    '“',
    '_',
    '**',
    '看',
    '[a](',
    '「',
    '=',
    '<',
    '@ ',
    'x/ ',
    '\u200b',
  );
  const scheme = fc.constantFrom(
    ...['https://', 'http://', 'HTTPS://', 'https:\\\\', 'https:/\\', 'https:', 'https:////', 'xhttps://'],
    ...['hxxps://', 'ftp://', '//', '', 'https://me@', 'https://a:b@', `https://${'a'.repeat(90)}@`],
  );
  const host = fc.constantFrom(
    ...[
      HOST,
      HOST.toUpperCase(),
      'ｗｗｗ．ｇｒａｂｉｆｙ．ｌｉｎｋ',
      'www。grabify。link',
      'www.grab\u00adify.link',
    ],
    'www.grabify%2Elink',
    'www.grabify[.]link',
    'www.grabify (dot) link',
  );

  test('to a blocked host are found, whatever stands around them', async () => {
    await fc.assert(
      fc.asyncProperty(before, scheme, host, after, async (left, start, name, right) => {
        expect(await labelsOf(`look ${left}${start}${name}${right}`)).toContain('blocked-link');
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    'https://example.com/grabify.link',
    'https://mygrabify.link',
    'https://grabify.link.example.com',
    'https://grabify.linkedin.com',
    'https://grabify.link@example.com',
    'me@grabify.link',
    'a grabify link',
  ])('to other hosts are not: %s', async (text) => {
    expect(await labelsOf(text)).toEqual([]);
  });

  test.each([
    ['bücher.example', 'https://xn--bcher-kva.example/x'],
    ['xn--bcher-kva.example', 'see https://BÜCHER.example.'],
    ['1.2.3.4', 'http://0x01020304/x'],
  ])('to %s are found as %s', async (blockedHost, text) => {
    const rules = { ...moderationRules, links: { ...moderationRules.links, blockedHosts: [blockedHost] } };
    expect((await ruleReviewer(rules)(text)).labels).toEqual(['blocked-link']);
  });

  test('are counted when they have a scheme', async () => {
    expect(await labelsOf('https://a.example '.repeat(5))).toEqual([]);
    expect(await labelsOf('x https://a.example, '.repeat(6))).toEqual(['too-many-links']);
    expect(await labelsOf('a.link b.link c.link d.link e.link f.link')).toEqual([]);
  });
});

describe('repetition', () => {
  test.each([
    ['one character over and over', `a${'!'.repeat(40)}`],
    ['one character of two units over and over', '😀'.repeat(40)],
    ['one word over and over', 'buy '.repeat(20)],
    ['one word over and over, without spaces', '北京'.repeat(20)],
  ])('is found: %s', async (_what, text) => {
    expect(await labelsOf(text)).toEqual(['repetition']);
  });

  test('that scores below the threshold is labelled but not flagged', async () => {
    const mild = ruleReviewer({
      ...moderationRules,
      repetition: { ...moderationRules.repetition, score: 0.3 },
    });
    expect(await mild('buy '.repeat(20))).toEqual({
      decision: 'approved',
      labels: ['repetition'],
      scores: { repetition: 0.3 },
    });
  });
});

test('a text of full length is read in well under the timeout', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(
        'a b ',
        'a.',
        '(',
        'https://',
        'ſ',
        '@ $ ! ',
        'shi ',
        '\u200b',
        'aA1 ',
        'd1|',
        '$5',
        'http:@',
        '%2e',
      ),
      async (piece) => {
        const started = performance.now();
        await review(piece.repeat(Math.floor(5_000 / piece.length)));
        expect(performance.now() - started).toBeLessThan(2_000);
      },
    ),
    { numRuns: 20 },
  );
});

const Score = z.number().min(0).max(1);
const Words = z.array(z.string().regex(/^[^,\s][^,]*(?:, [^,\s][^,]*)*$/));

test('rules.json says nothing else than what the reviewer reads, and nothing that it cannot', () => {
  const Rules = z.strictObject({
    words: z.strictObject({ blocked: Words, blockedInDisguise: Words, allowed: Words, score: Score }),
    links: z.strictObject({
      maxPerPost: z.int().nonnegative(),
      blockedHosts: z.array(z.hostname()),
      score: Score,
    }),
    repetition: z.strictObject({
      longestRunOfOneCharacter: z.int().min(2),
      sameWordShare: z.number().gt(0).max(1),
      fromWords: z.int().min(2),
      score: Score,
    }),
    flagFromScore: Score,
  });
  expect(Rules.parse(moderationRules)).toEqual(moderationRules);
});
