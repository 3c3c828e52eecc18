import type { Rule } from '../checker/violation.ts';
import type { MixName } from '../mix.ts';

/** A text of a source file, found exactly once, and what stands in its place. */
export interface Edit {
  /** Below the service. */
  file: string;
  find: string;
  replace: string;
}

/** The run that shows it. */
export interface MutationRun {
  mix: MixName;
  seed: number;
  posts: number;
  throughApi?: number;
}

/** A guard that is taken out on purpose. */
export interface Mutation {
  /** Unique; the row of docs/reliability.md. */
  guard: string;
  edits: readonly Edit[];
  run: MutationRun;
  /** What the checker has to name at least. */
  breaks: readonly Rule[];
  /** Why nothing breaks: the guard that does the same work. Then the run has to be clean. */
  coveredBy?: string;
}

/** @throws when the text is not there exactly once: the source has changed, and the mutation with it */
export const editedText = (text: string, { file, find, replace }: Edit): string => {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} holds ${times} times, not once:\n${find}`);
  return text.replace(find, () => replace);
};
