/** Where one amount begins to stay below another, and where it stops. */
export interface Crossing {
  at: number;
  /** Below it from here on, or above it. */
  becomes: 'below' | 'above';
}

/** Steps of the search: four a factor of ten, finer than anything that bends here. */
const STEP = 10 ** 0.25;

/**
 * Where a ratio crosses a bound between two amounts, found by its change of side.
 * @param ratioAt continuous enough that a crossing shows between two steps
 */
export const crossingsOf = (
  ratioAt: (amount: number) => number,
  bound: number,
  from: number,
  to: number,
): Crossing[] => {
  const isBelow = (amount: number): boolean => ratioAt(amount) < bound;
  const crossings: Crossing[] = [];
  for (let low = from; low < to; low *= STEP) {
    let [left, right] = [low, Math.min(low * STEP, to)];
    const before = isBelow(left);
    if (isBelow(right) === before) continue;
    while (right / left > 1.0001) {
      const middle = Math.sqrt(left * right);
      if (isBelow(middle) === before) left = middle;
      else right = middle;
    }
    crossings.push({ at: right, becomes: before ? 'above' : 'below' });
  }
  return crossings;
};
