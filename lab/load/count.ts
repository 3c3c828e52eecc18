import { OperatorError } from '../../ops/operator-error.ts';

const MILLION = 1_000_000;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_000, M: MILLION };

/**
 * A count as people write it: `50`, `2.5`, `10k`, `1M`, `1,000,000`.
 * @throws {OperatorError} naming the option, when it is none or out of the bounds
 */
export const countOf = (option: string, text: string | undefined, most: number): number => {
  if (text === undefined) throw new OperatorError(`how many? --${option} <n>`);
  const [, digits, unit = ''] = /^(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)([kM]?)$/.exec(text) ?? [];
  const count = Number(digits?.replaceAll(',', '')) * (UNITS[unit] ?? Number.NaN);
  if (count > 0 && count <= most) return count;
  throw new OperatorError(
    `--${option}: must be a number above 0 up to ${most.toLocaleString('en-US')} and is "${text}"`,
  );
};
