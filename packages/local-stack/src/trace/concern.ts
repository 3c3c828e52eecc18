const MIN_LENGTH = 6;
const MAX_LENGTH = 200;

/** The texts in a value that could tell it from others. */
const textsIn = (value: unknown, into: Set<string>): void => {
  if (typeof value === 'string') {
    if (value.startsWith('{')) {
      try {
        textsIn(JSON.parse(value), into);
        return;
      } catch {
        // It only looks like JSON.
      }
    }
    if (value.length >= MIN_LENGTH && value.length <= MAX_LENGTH) into.add(value);
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) textsIn(inner, into);
  }
};

const distinctive = (values: readonly unknown[]): Set<string> => {
  const texts = new Set<string>();
  for (const value of values) textsIn(value, texts);
  return texts;
};

/** Tells what was done for one record or message of a batch from what was done for its neighbours. */
export interface Concern {
  /** It mentions the one, or none of the others. */
  concerns(text: string): boolean;
  /** It mentions the one; or there are no others. */
  mentions(text: string): boolean;
}

/** Of an invocation that is all about one thing. */
export const wholeConcern: Concern = { concerns: () => true, mentions: () => true };

/**
 * @param subject the record or message as the function gets it
 * @param neighbours the others of its batch
 */
export const concernOf = (subject: unknown, neighbours: readonly unknown[]): Concern => {
  if (neighbours.length === 0) return wholeConcern;
  const all = distinctive([subject]);
  const others = distinctive(neighbours);
  const own = [...all].filter((text) => !others.has(text));
  const foreign = [...others].filter((text) => !all.has(text));
  const mentions = (text: string) => own.some((one) => text.includes(one));
  return { mentions, concerns: (text) => mentions(text) || !foreign.some((one) => text.includes(one)) };
};
