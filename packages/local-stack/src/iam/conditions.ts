import { BlockList, isIP } from 'node:net';
import { type Context, isKnownKey } from './context.ts';
import { equalsText, matchesArn, matchesText } from './pattern.ts';
import type { Condition } from './policy.ts';

/** Whether a value of the policy fits a value of the request. */
type Comparison = (wanted: string, given: string, variables: Context | undefined) => boolean;

const numeric =
  (compare: (given: number, wanted: number) => boolean): Comparison =>
  (wanted, given) => {
    const [left, right] = [Number(given), Number(wanted)];
    return !Number.isNaN(left) && !Number.isNaN(right) && compare(left, right);
  };

/** Dates are ISO 8601, or seconds since 1970. */
const timeOf = (text: string): number =>
  /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text);
const date =
  (compare: (given: number, wanted: number) => boolean): Comparison =>
  (wanted, given) =>
    compare(timeOf(given), timeOf(wanted));

const isInRange: Comparison = (wanted, given) => {
  const family = isIP(given);
  const [network = '', bits] = wanted.split('/');
  if (family === 0 || isIP(network) !== family) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, Number(bits ?? (family === 4 ? 32 : 128)), type);
  return list.check(given, type);
};

const equal = (left: number, right: number) => left === right;
const less = (left: number, right: number) => left < right;
const notMore = (left: number, right: number) => left <= right;
const more = (left: number, right: number) => left > right;
const notLess = (left: number, right: number) => left >= right;
const ignoringCase: Comparison = (wanted, given, variables) =>
  equalsText(
    wanted.toLowerCase(),
    given.toLowerCase(),
    variables && { valuesOf: (key) => variables.valuesOf(key)?.map((value) => value.toLowerCase()) },
  );

/**
 * The operators, and whether each is the denial of its comparison.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const OPERATORS: Readonly<Record<string, readonly [comparison: Comparison, negated?: boolean]>> = {
  StringEquals: [equalsText],
  StringNotEquals: [equalsText, true],
  StringEqualsIgnoreCase: [ignoringCase],
  StringNotEqualsIgnoreCase: [ignoringCase, true],
  StringLike: [matchesText],
  StringNotLike: [matchesText, true],
  NumericEquals: [numeric(equal)],
  NumericNotEquals: [numeric(equal), true],
  NumericLessThan: [numeric(less)],
  NumericLessThanEquals: [numeric(notMore)],
  NumericGreaterThan: [numeric(more)],
  NumericGreaterThanEquals: [numeric(notLess)],
  DateEquals: [date(equal)],
  DateNotEquals: [date(equal), true],
  DateLessThan: [date(less)],
  DateLessThanEquals: [date(notMore)],
  DateGreaterThan: [date(more)],
  DateGreaterThanEquals: [date(notLess)],
  Bool: [(wanted, given) => wanted.toLowerCase() === given.toLowerCase()],
  BinaryEquals: [(wanted, given) => wanted === given],
  IpAddress: [isInRange],
  NotIpAddress: [isInRange, true],
  ArnEquals: [matchesArn],
  ArnLike: [matchesArn],
  ArnNotEquals: [matchesArn, true],
  ArnNotLike: [matchesArn, true],
};

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/** `unknown` names an operator or key that cannot be judged here. */
export type Outcome = { readonly holds: boolean } | { readonly unknown: string };

/**
 * Judges one comparison of a `Condition` block. A key that the request lacks fails a comparison and passes its denial;
 * `…IfExists` passes, `ForAllValues` passes, `ForAnyValue` fails.
 * @param variables the context again, in a policy that has variables
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export const judgeCondition = (
  { operator, key, values }: Condition,
  context: Context,
  variables: Context | undefined,
): Outcome => {
  if (!isKnownKey(key)) return { unknown: `the condition key ${key}` };
  const given = context.valuesOf(key);
  if (operator === 'Null')
    return { holds: values.some((value) => (value === 'true') === (given === undefined)) };
  const [, quantifier, name = '', ifExists] = OPERATOR.exec(operator) ?? [];
  const [comparison, negated = false] = OPERATORS[name] ?? [];
  if (!comparison) return { unknown: `the condition operator ${operator}` };
  if (given === undefined) {
    if (ifExists || quantifier === 'ForAllValues') return { holds: true };
    return { holds: quantifier === 'ForAnyValue' ? false : negated };
  }
  const matches = (value: string) => values.some((wanted) => comparison(wanted, value, variables));
  const fits = (value: string) => matches(value) !== negated;
  if (quantifier === 'ForAllValues') return { holds: given.every(fits) };
  if (quantifier === 'ForAnyValue') return { holds: given.some(fits) };
  return { holds: given.some(matches) !== negated };
};
