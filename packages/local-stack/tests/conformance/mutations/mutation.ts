/** A fault that is put into the source: a text that is there exactly once, and what stands in its place. */
export interface Mutation {
  /** Below src/. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** By the behaviour whose proof must catch it. */
export type Mutations = Readonly<Record<string, Mutation>>;

/** Mutations of one file. */
export const inFile =
  (file: string) =>
  (find: string, replace: string): Mutation => ({ file, find, replace });

/** @throws when the text is not there exactly once: the source has changed, and the mutation has to follow */
export const mutated = (text: string, { file, find, replace }: Mutation): string => {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`src/${file} holds ${times} times, not once:\n${find}`);
  return text.replace(find, () => replace);
};
