import { isObject, JsonNumber, parseExactJson } from './exact-json.ts';
import { compileRule, type Dialect, InvalidPattern, type Rule } from './rule.ts';

/** Whether an event (numbers as JsonNumber) matches. */
export type Pattern = (event: unknown) => boolean;

/** Everything a key leads to: through lists, as the matcher does not tell a list from its elements. */
function elements(value: unknown): unknown[] {
  return Array.isArray(value) ? value.flatMap(elements) : [value];
}

/** Leaves only: an object is an intermediate node, which no rule (not even `exists`) sees. */
function leaves(value: unknown): unknown[] {
  return elements(value).filter((element) => element !== undefined && !isObject(element));
}

function compileKey(key: string, source: unknown, dialect: Dialect): Pattern {
  const at = (event: unknown) => (isObject(event) ? event[key] : undefined);
  if (Array.isArray(source)) {
    if (source.length === 0) throw new InvalidPattern(`"${key}" holds an empty list`);
    const rules: Rule[] = source.map((rule) => compileRule(rule, dialect));
    return (event) => {
      const found = leaves(at(event));
      return rules.some((rule) => (found.length === 0 ? rule(undefined) : found.some(rule)));
    };
  }
  if (isObject(source)) {
    const inner = compileObject(source, key, dialect);
    return (event) => {
      const found = elements(at(event)).filter(isObject);
      // Nothing there still matches a pattern that only asks for absence.
      return found.length === 0 ? inner(undefined) : found.some(inner);
    };
  }
  throw new InvalidPattern(`"${key}" must hold a list of rules or an object, not a bare value`);
}

function compileOr(source: unknown, dialect: Dialect): Pattern {
  if (!Array.isArray(source) || source.length === 0 || !source.every(isObject))
    throw new InvalidPattern('"$or" takes a list of patterns');
  const branches = source.map((branch) => compileObject(branch, '$or', dialect));
  return (event) => branches.some((branch) => branch(event));
}

function compileObject(source: { [key: string]: unknown }, where: string, dialect: Dialect): Pattern {
  const keys = Object.entries(source);
  if (keys.length === 0) throw new InvalidPattern(`${where === '' ? 'the pattern' : `"${where}"`} is empty`);
  const parts = keys.map(([key, value]) =>
    key === '$or' ? compileOr(value, dialect) : compileKey(key, value, dialect),
  );
  return (event) => parts.every((part) => part(event));
}

/**
 * Compiles one `Pattern` string of `FilterCriteria`, or the event pattern of a rule, which knows more operators. Throws
 * InvalidPattern naming what AWS would refuse with "Invalid filter pattern definition".
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compilePattern(
  text: string,
  dialect: Dialect = 'Lambda event filtering',
): { matches: Pattern; source: { [key: string]: unknown } } {
  if (text.length > 4096) throw new InvalidPattern('a pattern has at most 4,096 characters');
  let source: unknown;
  try {
    source = parseExactJson(text);
  } catch {
    throw new InvalidPattern('the pattern is not valid JSON');
  }
  if (!isObject(source)) throw new InvalidPattern('the pattern is not a JSON object');
  return { matches: compileObject(source, '', dialect), source };
}

/** The JSON value of an event with its numbers as the pattern compares them. */
export function exact(value: unknown): unknown {
  if (typeof value === 'number') return new JsonNumber(String(value));
  if (Array.isArray(value)) return value.map(exact);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exact(inner)]));
  return value;
}
