import * as z from 'zod';
import rules from './rules.json' with { type: 'json' };

const Score = z.number().min(0).max(1);

/** Words and phrases in lines, separated by commas. */
const Words = z.array(z.string().regex(/^[^,\s][^,]*(?:, [^,\s][^,]*)*$/, 'must be words separated by ", "'));

/** The rules of the built-in reviewer, kept in `rules.json` for people to edit. */
export const ModerationRules = z.strictObject({
  words: z.strictObject({
    /** Matched as whole words, also in disguise. `*` at an end of a word stands for any letters there. */
    blocked: Words,
    /** Words with an everyday meaning, in whatever language: blocked only when somebody has disguised them. */
    blockedInDisguise: Words,
    /** Never matched, exactly as written but for capitals. */
    allowed: Words,
    score: Score,
  }),
  links: z.strictObject({
    mostPerPost: z.int().nonnegative(),
    /** With their subdomains. */
    blockedHosts: z.array(z.hostname()),
    score: Score,
  }),
  repetition: z.strictObject({
    longestRunOfOneCharacter: z.int().min(2),
    /** The share of all words that may be one and the same, in texts of at least `fromWords` words. */
    sameWordShare: z.number().gt(0).max(1),
    fromWords: z.int().min(2),
    score: Score,
  }),
  /** A post is flagged when any label scores this much or more. */
  flagFromScore: Score,
});
export type ModerationRules = z.infer<typeof ModerationRules>;

/** The rules as they stand in `rules.json`. Loading fails, naming the entry, when they do not fit. */
export const moderationRules: ModerationRules = ModerationRules.parse(rules);
