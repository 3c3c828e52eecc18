import { seriesOf } from '../seeded.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID that is the same for a seed and number: 26 characters of Crockford base 32. */
export const ulidOf = (seed: number, number: number): string => {
  const next = seriesOf(seed, 'ulid', number);
  const random = Array.from({ length: 24 }, () => ALPHABET[Math.floor(next() * 32)]).join('');
  return `01${random}`;
};
