import DataLoader from 'dataloader';

/** How to do side by side work in fewer calls. */
export interface Together<Item, Result> {
  /** How many a call can take. */
  most: number;
  /**
   * Does the work of several at once.
   * @returns for each, in their order, what came of it; undefined where nothing did, or where that is not known
   */
  all: (items: readonly Item[]) => Promise<readonly (Result | undefined)[]>;
  /** Does the work of one, also when an attempt to do it together may have done it already. */
  alone: (item: Item) => Promise<Result>;
}

/**
 * Work that is asked for side by side, done in one call; the messages of a batch, which come to the same step at the
 * same time, need a tenth of the calls. What does not succeed together is done alone, so that nothing but the number
 * of calls depends on who came with whom: an error is always that of `alone`.
 * @returns a function that does the work of one. It rejects as `alone` does.
 */
export const together = <Item, Result>({
  most,
  all,
  alone,
}: Together<Item, Result>): ((item: Item) => Promise<Result>) => {
  const doneTogether = async (items: readonly Item[]): Promise<readonly (Result | undefined)[]> => {
    if (items.length === 1) return [];
    // Not lost: each one that fails alone as well says so to whoever asked for it.
    return all(items).catch(() => []);
  };
  const loader = new DataLoader<Item, Result>(
    async (items) => {
      const results = await doneTogether(items);
      return Promise.all(
        items.map((item, index) => results[index] ?? alone(item).catch((error: unknown) => asError(error))),
      );
    },
    { cache: false, maxBatchSize: most },
  );
  return (item) => loader.load(item);
};

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
