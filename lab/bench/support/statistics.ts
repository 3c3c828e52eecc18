/** The value in the middle. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The value that `share` of all values, 0 to 1, are below. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

/**
 * Measures several things in turn, so that whatever else the machine does falls on all of them alike.
 * @returns the figures of each, by name
 */
export const alternately = async <Name extends string, Figure>(
  rounds: number,
  measured: Readonly<Record<Name, () => Promise<Figure>>>,
): Promise<ReadonlyMap<string, Figure[]>> => {
  const figures = new Map<string, Figure[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries<() => Promise<Figure>>(measured)) {
      const soFar = figures.get(name) ?? [];
      soFar.push(await measure());
      figures.set(name, soFar);
    }
  }
  return figures;
};
