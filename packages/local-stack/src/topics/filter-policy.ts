import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** Where a policy looks. */
export type FilterPolicyScope = 'MessageAttributes' | 'MessageBody';

/** An attribute as SNS takes it; binary values are not looked at. */
export interface TopicMessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: string | undefined;
}

export interface TopicMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, TopicMessageAttribute>>;
}

/** Why a message is filtered out: the suffix of the metric `NumberOfNotificationsFilteredOut`. */
export type FilteredOut =
  | 'NoMessageAttributes'
  | 'InvalidAttributes'
  | 'MessageBody'
  | 'InvalidMessageBody'
  | '';

export interface FilterPolicy {
  /** `undefined`: the message is delivered. */
  filteredOut(message: TopicMessage): FilteredOut | undefined;
  /** The keys that keep a message out; of a policy with `$or`, those of its alternative that comes closest. */
  unmetKeys(message: TopicMessage): UnmetKey[];
}

/** A key of a policy that a message does not meet. */
export interface UnmetKey {
  readonly key: string;
  /** What the message has under this name; absent when it has nothing. */
  readonly given?: readonly unknown[];
}

/** A policy that SNS refuses, in its words. */
export class InvalidFilterPolicy extends Error {}

/** The values of one name; several when it is an array. */
type Values = readonly unknown[];
/** Whether one of the values of a name that is there matches, or what a missing name means (`undefined`). */
type Condition = (values: Values | undefined) => boolean;
type Branch = ReadonlyMap<string, { readonly conditions: readonly Condition[]; readonly depth: number }>;

const MAX_KEYS = 5;
const MAX_COMBINATIONS = 150;
const MAX_NUMBER = 1_000_000_000;

/**
 * Compiles the filter policy of a subscription.
 * @param text the policy's JSON
 * @throws {InvalidFilterPolicy} for what SNS refuses when the policy is set
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
 */
export function compileFilterPolicy(text: string, scope: FilterPolicyScope): FilterPolicy {
  const policy = policyObject(text);
  if (Object.keys(policy).length > MAX_KEYS)
    throw new InvalidFilterPolicy(`Filter policy can not have more than ${MAX_KEYS} keys`);
  const branches = branchesOf(policy, scope);
  const combinations = branches.map((branch) =>
    [...branch.values()].reduce((product, { conditions, depth }) => product * conditions.length * depth, 1),
  );
  if (combinations.reduce((sum, some) => sum + some, 0) > MAX_COMBINATIONS)
    throw new InvalidFilterPolicy('Filter policy is too complex');

  const accepts = (values: ReadonlyMap<string, Values>) =>
    branches.some((branch) =>
      [...branch].every(([name, { conditions }]) =>
        conditions.some((condition) => condition(values.get(name))),
      ),
    );
  const unmetOf = (values: ReadonlyMap<string, Values>): UnmetKey[] => {
    const unmet = branches.map((branch) =>
      [...branch].flatMap(([key, { conditions }]): UnmetKey[] => {
        const given = values.get(key);
        if (conditions.some((condition) => condition(given))) return [];
        return [{ key, ...(given && { given }) }];
      }),
    );
    return unmet.toSorted((one, other) => one.length - other.length)[0] ?? [];
  };
  if (Object.keys(policy).length === 0) return { filteredOut: () => undefined, unmetKeys: () => [] };
  return scope === 'MessageBody'
    ? {
        filteredOut: ({ body }) => byBody(body, accepts),
        unmetKeys: ({ body }) => unmetOf(valuesOfBody(body) ?? new Map()),
      }
    : {
        filteredOut: ({ attributes }) => byAttributes(attributes, accepts),
        unmetKeys: ({ attributes }) => unmetOf(valuesOfAttributes(attributes) ?? new Map()),
      };
}

function byAttributes(
  attributes: TopicMessage['attributes'],
  accepts: (values: ReadonlyMap<string, Values>) => boolean,
): FilteredOut | undefined {
  // Even a policy that asks for absence only is not met by a message without attributes.
  if (Object.keys(attributes).length === 0) return 'NoMessageAttributes';
  const values = valuesOfAttributes(attributes);
  if (values === undefined) return 'InvalidAttributes';
  return accepts(values) ? undefined : '';
}

/** By name; `undefined` when a value is not of its type. */
function valuesOfAttributes(attributes: TopicMessage['attributes']): Map<string, Values> | undefined {
  const values = new Map<string, Values>();
  for (const [name, attribute] of Object.entries(attributes)) {
    const found = valuesOf(attribute);
    if (found === undefined) return undefined;
    if (found !== 'binary') values.set(name, found);
  }
  return values;
}

const arrayElements = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** `undefined` for a value that is not of its type. */
function valuesOf({ DataType, StringValue = '' }: TopicMessageAttribute): Values | 'binary' | undefined {
  const [type] = DataType.split('.');
  if (type === 'Binary') return 'binary';
  if (DataType === 'String.Array') {
    const elements = arrayElements.safeParse(parsed(StringValue));
    return elements.data;
  }
  if (type !== 'Number') return [StringValue];
  const number = Number(StringValue);
  return StringValue.trim() === '' || Number.isNaN(number) ? undefined : [number];
}

function byBody(
  body: string,
  accepts: (values: ReadonlyMap<string, Values>) => boolean,
): FilteredOut | undefined {
  const values = valuesOfBody(body);
  if (values === undefined) return 'InvalidMessageBody';
  return accepts(values) ? undefined : 'MessageBody';
}

/** By dotted path; `undefined` when the body is no JSON object. */
function valuesOfBody(body: string): Map<string, Values> | undefined {
  const value = parsed(body);
  if (!isObject(value)) return undefined;
  const values = new Map<string, unknown[]>();
  collect(value, '', values);
  return values;
}

/** Every leaf under its dotted path; the elements of an array share one. */
function collect(value: unknown, path: string, values: Map<string, unknown[]>): void {
  if (Array.isArray(value)) for (const element of value) collect(element, path, values);
  else if (isObject(value))
    for (const [key, inner] of Object.entries(value))
      collect(inner, path === '' ? key : `${path}.${key}`, values);
  else values.set(path, [...(values.get(path) ?? []), value]);
}

function policyObject(text: string): Record<string, unknown> {
  const policy = parsed(text);
  if (!isObject(policy)) throw new InvalidFilterPolicy('failed to parse JSON');
  return policy;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON: the caller says what that means.
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The alternatives that `$or` makes, each a list of names with their conditions. */
function branchesOf(policy: Record<string, unknown>, scope: FilterPolicyScope): Branch[] {
  const expand = (
    source: Record<string, unknown>,
    path: string,
    depth: number,
    begun: Branch[],
  ): Branch[] => {
    let branches = begun;
    for (const [key, value] of Object.entries(source)) {
      const name = path === '' ? key : `${path}.${key}`;
      if (key === '$or' && Array.isArray(value) && value.length > 1 && value.every(isObject))
        branches = value.flatMap((alternative) => expand(alternative, path, depth, branches));
      else if (Array.isArray(value)) {
        if (value.length === 0) throw new InvalidFilterPolicy('Empty arrays are not allowed');
        const conditions = value.map(conditionOf);
        branches = branches.map((branch) => new Map([...branch, [name, { conditions, depth }]]));
      } else if (isObject(value) && scope === 'MessageBody')
        branches = expand(value, name, depth + 1, branches);
      else if (isObject(value))
        throw new InvalidFilterPolicy(
          'Filter policy scope MessageAttributes does not support nested filter policy',
        );
      else throw new InvalidFilterPolicy(`"${key}" must be an object or an array`);
    }
    return branches;
  };
  return expand(policy, '', 1, [new Map()]);
}

/** A condition on single values, which one value of the name has to meet. */
const some =
  (matches: (value: unknown) => boolean): Condition =>
  (values) =>
    values?.some(matches) ?? false;

const onText = (matches: (text: string) => boolean): Condition =>
  some((value) => typeof value === 'string' && matches(value));

function conditionOf(source: unknown): Condition {
  if (!isObject(source)) {
    if (Array.isArray(source))
      throw new InvalidFilterPolicy('Match value must be String, number, true, false, or null');
    if (typeof source === 'number') inRange(source);
    return some((value) => value === source);
  }
  const [[operator, operand] = [], ...more] = Object.entries(source);
  if (operator === undefined || more.length > 0)
    throw new InvalidFilterPolicy('Only one key allowed in match expression');
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean')
        throw new InvalidFilterPolicy('exists match pattern must be either true or false.');
      return (values) => (values !== undefined) === operand;
    case 'numeric':
      return numeric(operand);
    case 'anything-but':
      return anythingBut(operand);
    default:
      return onText(textTest(operator, operand));
  }
}

/** @throws {InvalidFilterPolicy} for a number that no policy can hold */
function inRange(number: number): void {
  if (Math.abs(number) > MAX_NUMBER)
    throw new InvalidFilterPolicy(`Match value ${number} must be from -${MAX_NUMBER} to ${MAX_NUMBER}`);
}

function textTest(operator: string, operand: unknown): (text: string) => boolean {
  if (typeof operand !== 'string')
    throw new InvalidFilterPolicy(`${operator} match pattern must be a string`);
  switch (operator) {
    case 'prefix':
      return (text) => text.startsWith(operand);
    case 'suffix':
      return (text) => text.endsWith(operand);
    case 'equals-ignore-case':
      return (text) => text.toLowerCase() === operand.toLowerCase();
    case 'wildcard': {
      const pattern = new RegExp(`^${operand.split('*').map(RegExp.escape).join('.*')}$`, 's');
      return (text) => pattern.test(text);
    }
    case 'cidr':
      return cidr(operand);
    default:
      throw new InvalidFilterPolicy(`Unrecognized match type ${operator}`);
  }
}

function cidr(block: string): (text: string) => boolean {
  const [network = '', bits = ''] = block.split('/');
  const version = isIP(network);
  const size = Number(bits);
  if (version === 0 || !/^\d+$/.test(bits) || size > (version === 4 ? 32 : 128))
    throw new InvalidFilterPolicy(`Malformed CIDR, one '/' required`);
  const list = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, size, family);
  return (text) => isIP(text) === version && list.check(text, family);
}

/** Of an array one element that is none of the named ones is enough. */
function anythingBut(operand: unknown): Condition {
  if (isObject(operand)) {
    const [[operator = '', inner] = []] = Object.entries(operand);
    const matches = textTest(operator, inner);
    return some((value) => typeof value !== 'string' || !matches(value));
  }
  const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (
    excluded.length === 0 ||
    !excluded.every((value) => typeof value === 'string' || typeof value === 'number')
  )
    throw new InvalidFilterPolicy('Inside anything-but list, only strings and numbers are supported');
  for (const other of excluded) if (typeof other === 'number') inRange(other);
  return some((value) => !excluded.some((other) => other === value));
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** One comparison, or a lower and an upper bound. Only numbers match: the text "5" is none. */
function numeric(operand: unknown): Condition {
  const refuse = (reason: string) => new InvalidFilterPolicy(`numeric: ${reason}`);
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4))
    throw refuse('one comparison or a range is needed');
  const [first, second] = [operand.slice(0, 2), operand.slice(2)].map(comparison);
  if (second !== undefined && first !== undefined) {
    if (!first.sign.startsWith('>') || !second.sign.startsWith('<')) throw refuse('a range goes from > to <');
    if (first.bound >= second.bound) throw refuse('Bottom must be less than top');
  }
  const terms = [first, second].flatMap((term) => term ?? []);
  return some(
    (value) =>
      typeof value === 'number' &&
      terms.every(({ sign, bound }) => COMPARISONS[sign]?.(value, bound) ?? false),
  );
}

function comparison([sign, bound]: readonly unknown[]): { sign: string; bound: number } | undefined {
  if (sign === undefined) return undefined;
  if (typeof sign === 'string' && sign in COMPARISONS && typeof bound === 'number') {
    inRange(bound);
    return { sign, bound };
  }
  throw new InvalidFilterPolicy('numeric: an operator and a number are needed');
}
