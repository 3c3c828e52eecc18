import rules from './rules.json' with { type: 'json' };

/**
 * The rules of the built-in reviewer. Lines of words are separated by ", "; `*` at an end of a word stands for any
 * letters. `blocked` words match whole, also in disguise; `blockedInDisguise` are words with an everyday meaning, which
 * match only in disguise; `allowed` never match. Scores are 0 to 1.
 */
export const moderationRules = rules;
export type ModerationRules = typeof rules;
