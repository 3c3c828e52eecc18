// Measures the word list of moderation: its precision on the words of dictionaries, its recall on disguised words.
// npm run moderation -w lab -- --help
import { readFileSync } from 'node:fs';
import { moderationRules } from '../../lib/moderation/rules.ts';
import { wordFinder } from '../../lib/moderation/word-rules.ts';
import { runTool } from '../../ops/run-tool.ts';
import { DISGUISES } from '../../tests/moderation/disguises.ts';

const blockedWordsIn = wordFinder(moderationRules.words);
const isFlagged = (text: string): boolean => blockedWordsIn(text).length > 0;
const entries = (lines: readonly string[]) => lines.flatMap((line) => line.split(', '));
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)} %`;

/** Whether a word is on the block list as it is spelled, in capitals or not. */
const isListed = (word: string): boolean =>
  entries(moderationRules.words.blocked).some((entry) => {
    const stem = entry.replaceAll('*', '');
    const text = word.toLowerCase();
    const [before, after] = [entry.startsWith('*'), entry.endsWith('*')];
    if (before && after) return text.includes(stem);
    return before ? text.endsWith(stem) : after ? text.startsWith(stem) : text === stem;
  });

const HELP = `npm run moderation -w lab -- [<file> ...]

Measures the word list of moderation: its recall on disguised words, and its precision on files of words, one a line, for
example /usr/share/dict/american-english-insane.`;

await runTool({ help: HELP, options: {}, allowPositionals: true }, async ({ positionals: files }) => {
  for (const file of files) {
    const lines = readFileSync(file, 'utf8').split('\n');
    const words = new Set(lines.map((line) => line.replace(/\/.*|'s$/, '')).filter((word) => word !== ''));
    const flagged = [...words].filter(isFlagged);
    const wrong = flagged.filter((word) => !isListed(word));
    console.log(
      `${file}: ${words.size} words, ${flagged.length} flagged, ${wrong.length} of them not on the list`,
    );
    console.log(`  precision ${percent(flagged.length - wrong.length, flagged.length)}`, wrong.join(' '));
  }

  const words = entries([...moderationRules.words.blocked, ...moderationRules.words.blockedInDisguise])
    .map((entry) => entry.replaceAll('*', ''))
    .filter((word) => /^[a-z]+$/.test(word));
  let made = 0;
  let caught = 0;
  for (const [kind, disguise] of Object.entries(DISGUISES)) {
    const texts = words.flatMap(disguise).filter((text) => !words.includes(text));
    const missed = texts.filter((text) => !isFlagged(`you ${text}, you`));
    made += texts.length;
    caught += texts.length - missed.length;
    console.log(
      `${kind}: ${percent(texts.length - missed.length, texts.length)} of ${texts.length}`,
      missed.join(' '),
    );
  }
  console.log(`recall ${percent(caught, made)} of ${made} disguises of ${words.length} words`);
  return 0;
});
