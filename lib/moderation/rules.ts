import * as z from '#lib/platform/zod.ts';
import rules from './rules.json' with { type: 'json' };

const Score = z.number().check(z.minimum(0), z.maximum(1));

/** The rules of the built-in reviewer, kept in `rules.json` for people to edit. */
export const ModerationRules = z.strictObject({
  words: z.strictObject({
    /** The English word list of the obscenity package, with what it knows of disguises and innocent words. */
    useEnglishList: z.boolean(),
    /** Words and phrases, matched as whole words with the same disguises. */
    alsoBlocked: z.array(z.string().check(z.minLength(1))),
    /** Entries of the English list that are left out. */
    notBlocked: z.array(z.string().check(z.minLength(1))),
    score: Score,
  }),
  links: z.strictObject({
    mostPerPost: z.int().check(z.minimum(0)),
    /** With their subdomains. */
    blockedHosts: z.array(z.string().check(z.minLength(1))),
    score: Score,
  }),
  repetition: z.strictObject({
    longestRunOfOneCharacter: z.int().check(z.minimum(2)),
    /** The share of all words that may be one and the same, in texts of at least `fromWords` words. */
    sameWordShare: z.number().check(z.gt(0), z.maximum(1)),
    fromWords: z.int().check(z.minimum(2)),
    score: Score,
  }),
  /** A post is flagged when any label scores this much or more. */
  flagFromScore: Score,
});
export type ModerationRules = z.infer<typeof ModerationRules>;

/** The rules as they stand in `rules.json`. Loading fails, naming the entry, when they do not fit. */
export const moderationRules: ModerationRules = ModerationRules.parse(rules);
