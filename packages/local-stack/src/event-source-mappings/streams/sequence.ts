/** Orders sequence numbers, which are decimal strings of up to 40 digits. */
export function compareSequence(left: string, right: string): number {
  const a = BigInt(left);
  const b = BigInt(right);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The later of two positions; `null` is before everything. */
export function laterSequence(left: string | null, right: string | null): string | null {
  if (left === null) return right;
  if (right === null) return left;
  return compareSequence(left, right) < 0 ? right : left;
}

/** The earlier of two positions; `null` is before everything. */
export function earlierSequence(left: string | null, right: string | null): string | null {
  return laterSequence(left, right) === left ? right : left;
}
