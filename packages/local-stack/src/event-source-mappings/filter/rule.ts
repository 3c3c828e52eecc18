import { BlockList, isIP } from 'node:net';
import { isObject, JsonNumber } from './exact-json.ts';

/**
 * Says whether one leaf of an event matches; `undefined` stands for a leaf that is not there.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export type Rule = (leaf: unknown) => boolean;

/** Whose patterns they are: EventBridge has `wildcard` and `cidr` besides. */
export type Dialect = 'Lambda event filtering' | 'EventBridge';

/** A pattern that AWS would not accept. */
export class InvalidPattern extends Error {}

const text = (leaf: unknown): string | undefined => (typeof leaf === 'string' ? leaf : undefined);
const fold = (value: string): string => value.toLowerCase();

function same(expected: unknown): Rule {
  if (expected instanceof JsonNumber)
    return (leaf) => leaf instanceof JsonNumber && leaf.text === expected.text;
  return (leaf) => leaf === expected;
}

function stringOf(operator: string, operand: unknown): string {
  if (typeof operand === 'string' && operand !== '') return operand;
  throw new InvalidPattern(`"${operator}" takes a non-empty string`);
}

function ignoreCase(operator: string, operand: unknown): string {
  if (typeof operand === 'string') return fold(operand);
  throw new InvalidPattern(`"${operator}" takes a string`);
}

function stringsOf(operator: string, operand: unknown): string[] {
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw new InvalidPattern(`"${operator}" takes a non-empty list`);
  return list.map((value) => stringOf(operator, value));
}

/** `*` stands for any characters, also for none; a backslash takes a star or a backslash as it is. */
function wildcard(pattern: string): (leaf: string) => boolean {
  if (pattern.includes('**')) throw new InvalidPattern('"wildcard" takes no two stars side by side');
  const source = pattern.replace(/\\([*\\])|([*])|([.+?^${}()|[\]\\/-])/g, (_, taken, star, special) => {
    if (star !== undefined) return '.*';
    return `\\${taken ?? special}`;
  });
  const expression = new RegExp(`^${source}$`, 'su');
  return (leaf) => expression.test(leaf);
}

/** The addresses of a block such as `10.0.0.0/24`. */
function cidr(operand: unknown): Rule {
  const [, address = '', prefix = ''] = /^([\d.a-fA-F:]+)\/(\d{1,3})$/.exec(String(operand)) ?? [];
  const version = isIP(address);
  if (typeof operand !== 'string' || version === 0)
    throw new InvalidPattern('"cidr" takes a block of addresses');
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  try {
    block.addSubnet(address, Number(prefix), family);
  } catch (cause) {
    throw new InvalidPattern('"cidr" takes a block of addresses', { cause });
  }
  return (leaf) => typeof leaf === 'string' && isIP(leaf) === version && block.check(leaf, family);
}

/** `anything-but` never matches a leaf that is not there: it asks for a value, only not for these. */
function anythingBut(operand: unknown, dialect: Dialect): Rule {
  if (isObject(operand)) {
    const [[operator, inner] = [], ...more] = Object.entries(operand);
    if (operator === undefined || more.length > 0)
      throw new InvalidPattern('"anything-but" takes exactly one operator');
    const without = (matches: (leaf: string) => boolean): Rule => {
      return (leaf) => leaf !== undefined && (typeof leaf !== 'string' || !matches(leaf));
    };
    const values = () => stringsOf(`anything-but ${operator}`, inner);
    if (operator === 'prefix') {
      const prefixes = values();
      return without((leaf) => prefixes.some((prefix) => leaf.startsWith(prefix)));
    }
    if (operator === 'suffix') {
      const suffixes = values();
      return without((leaf) => suffixes.some((suffix) => leaf.endsWith(suffix)));
    }
    if (operator === 'equals-ignore-case') {
      const folded = values().map(fold);
      return without((leaf) => folded.includes(fold(leaf)));
    }
    if (operator === 'wildcard' && dialect === 'EventBridge') {
      const patterns = values().map(wildcard);
      return without((leaf) => patterns.some((matches) => matches(leaf)));
    }
    throw new InvalidPattern(`"anything-but" does not take "${operator}"`);
  }
  const list = Array.isArray(operand) ? operand : [operand];
  const strings = list.every((value) => typeof value === 'string');
  const numbers = list.every((value) => value instanceof JsonNumber);
  if (list.length === 0 || !(strings || numbers))
    throw new InvalidPattern('"anything-but" takes strings or numbers, not both and not none');
  const rules = list.map(same);
  return (leaf) => leaf !== undefined && !rules.some((rule) => rule(leaf));
}

const comparisons: Record<string, (left: number, right: number) => boolean> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** One comparison, or a lower and an upper bound. Only JSON numbers match: `{"N": "5"}` holds a string. */
function numeric(operand: unknown): Rule {
  const refuse = () => new InvalidPattern('"numeric" takes ["=", n], [">", n] or [">", n, "<=", n]');
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) throw refuse();
  const terms: { sign: string; bound: number }[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const sign: unknown = operand[at];
    const bound: unknown = operand[at + 1];
    if (typeof sign !== 'string' || !(sign in comparisons) || !(bound instanceof JsonNumber)) throw refuse();
    terms.push({ sign, bound: bound.value });
  }
  const [first, second] = terms;
  if (first && second) {
    if (!first.sign.startsWith('>') || !second.sign.startsWith('<')) throw refuse();
    if (first.bound >= second.bound)
      throw new InvalidPattern('"numeric": the lower bound is not below the upper');
  }
  return (leaf) =>
    leaf instanceof JsonNumber &&
    terms.every(({ sign, bound }) => comparisons[sign]?.(leaf.value, bound) ?? false);
}

function operatorRule(operator: string, operand: unknown, dialect: Dialect): Rule {
  switch (operator) {
    case 'prefix': {
      if (isObject(operand) && Object.keys(operand).join() === 'equals-ignore-case') {
        const folded = ignoreCase('equals-ignore-case', operand['equals-ignore-case']);
        return (leaf) => fold(text(leaf) ?? '\0').startsWith(folded);
      }
      const prefix = stringOf(operator, operand);
      return (leaf) => text(leaf)?.startsWith(prefix) ?? false;
    }
    case 'suffix': {
      if (isObject(operand) && Object.keys(operand).join() === 'equals-ignore-case') {
        const folded = ignoreCase('equals-ignore-case', operand['equals-ignore-case']);
        return (leaf) => fold(text(leaf) ?? '\0').endsWith(folded);
      }
      const suffix = stringOf(operator, operand);
      return (leaf) => text(leaf)?.endsWith(suffix) ?? false;
    }
    case 'equals-ignore-case': {
      const folded = ignoreCase(operator, operand);
      return (leaf) => typeof leaf === 'string' && fold(leaf) === folded;
    }
    case 'anything-but':
      return anythingBut(operand, dialect);
    case 'numeric':
      return numeric(operand);
    case 'exists':
      if (typeof operand !== 'boolean') throw new InvalidPattern('"exists" takes true or false');
      return (leaf) => (leaf !== undefined) === operand;
    default:
      if (dialect === 'EventBridge' && operator === 'wildcard') {
        const matches = wildcard(stringOf(operator, operand));
        return (leaf) => typeof leaf === 'string' && matches(leaf);
      }
      if (dialect === 'EventBridge' && operator === 'cidr') return cidr(operand);
      throw new InvalidPattern(`"${operator}" is not a comparison operator of ${dialect}`);
  }
}

/** Compiles one element of a rule list: a literal or `{ operator: operand }`. Throws InvalidPattern. */
export function compileRule(source: unknown, dialect: Dialect): Rule {
  if (!isObject(source)) {
    if (Array.isArray(source)) throw new InvalidPattern('a rule list holds values and operators, not lists');
    return same(source);
  }
  const [[operator, operand] = [], ...more] = Object.entries(source);
  if (operator === undefined || more.length > 0)
    throw new InvalidPattern('a rule takes exactly one comparison operator');
  return operatorRule(operator, operand, dialect);
}
