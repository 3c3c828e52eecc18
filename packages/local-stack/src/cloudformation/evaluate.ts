import { z } from 'zod';
import { UserError } from '../user-error.ts';

/** The template uses something that the local stack cannot evaluate, or refers to nothing. */
export class TemplateError extends UserError {
  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.name = 'TemplateError';
  }
}

/** What an evaluation needs to know of the rest of the stack. */
export interface Scope {
  /** For example `AWS::Region`. */
  pseudoParameters: Readonly<Record<string, string>>;
  parameters: Readonly<Record<string, unknown>>;
  conditions: Readonly<Record<string, unknown>>;
  /** The template's `Mappings`. */
  mappings: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  /** Values of `Fn::ImportValue`, by export name. */
  imports: Readonly<Record<string, string>>;
  /** The `Ref` of a resource. `where` names who asks, for errors. */
  refOf(logicalId: string, where: string): Promise<string>;
  /** An attribute of a resource, as `Fn::GetAtt` gives it. */
  attributeOf(logicalId: string, attribute: string, where: string): Promise<string>;
}

const NO_VALUE = Symbol('AWS::NoValue');

const Choice = z.tuple([z.string(), z.unknown(), z.unknown()]);
const Substitution = z.union([
  z.string().transform((text) => ({ text, values: {} })),
  z.tuple([z.string(), z.record(z.string(), z.unknown())]).transform(([text, values]) => ({ text, values })),
]);
const AttributeReference = z
  .union([z.string().transform((text) => text.split('.')), z.tuple([z.string(), z.string()])])
  .transform(([logicalId = '', ...rest], context) => {
    if (rest.length === 0) context.addIssue(`"${logicalId}" names no attribute`);
    return { logicalId, attribute: rest.join('.') };
  });

type Intrinsic = (argument: unknown, scope: Scope, where: string) => Promise<unknown>;

const parse = <Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> => {
  const result = schema.safeParse(value);
  if (!result.success) throw new TemplateError(where, z.prettifyError(result.error));
  return result.data;
};

const text = async (value: unknown, scope: Scope, where: string): Promise<string> => {
  const evaluated = await evaluate(value, scope, where);
  return parse(z.union([z.string(), z.number(), z.boolean()]), evaluated, where).toString();
};

const reference: Intrinsic = async (argument, scope, where) => {
  const name = parse(z.string(), argument, where);
  if (name === 'AWS::NoValue') return NO_VALUE;
  const known = scope.pseudoParameters[name] ?? scope.parameters[name];
  return known ?? scope.refOf(name, where);
};

const condition = async (name: string, scope: Scope, where: string): Promise<boolean> => {
  const expression = scope.conditions[name];
  if (expression === undefined) throw new TemplateError(where, `there is no condition "${name}"`);
  return (await evaluate(expression, scope, `Conditions.${name}`)) === true;
};

const truths = async (argument: unknown, scope: Scope, where: string): Promise<boolean[]> => {
  const evaluated = [];
  for (const item of parse(z.array(z.unknown()), argument, where))
    evaluated.push(await evaluate(item, scope, where));
  return parse(z.array(z.boolean()), evaluated, where);
};

const substitute: Intrinsic = async (argument, scope, where) => {
  const { text: pattern, values } = parse(Substitution, argument, where);
  let result = '';
  let end = 0;
  for (const match of pattern.matchAll(/\$\{(!?)([^}]*)\}/g)) {
    const [whole, literal, expression = ''] = match;
    result += pattern.slice(end, match.index);
    end = match.index + whole.length;
    result += literal ? `\${${expression}}` : await substituted(expression.trim(), values, scope, where);
  }
  return result + pattern.slice(end);
};

const substituted = (
  name: string,
  values: Readonly<Record<string, unknown>>,
  scope: Scope,
  where: string,
): Promise<string> => {
  if (Object.hasOwn(values, name)) return text(values[name], scope, where);
  return text(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }, scope, where);
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: reference,
  Condition: (argument, scope, where) => condition(parse(z.string(), argument, where), scope, where),
  'Fn::GetAtt': (argument, scope, where) => {
    const { logicalId, attribute } = parse(AttributeReference, argument, where);
    return scope.attributeOf(logicalId, attribute, where);
  },
  'Fn::Sub': substitute,
  'Fn::Join': async (argument, scope, where) => {
    const [separator, parts] = parse(z.tuple([z.string(), z.unknown()]), argument, where);
    const evaluated = parse(z.array(z.unknown()), await evaluate(parts, scope, where), where);
    const texts = await Promise.all(evaluated.map((part) => text(part, scope, where)));
    return texts.join(separator);
  },
  'Fn::Select': async (argument, scope, where) => {
    const [index, list] = parse(z.tuple([z.coerce.number().int(), z.unknown()]), argument, where);
    const items = parse(z.array(z.unknown()), await evaluate(list, scope, where), where);
    if (!(index in items)) throw new TemplateError(where, `Fn::Select: the list has no item ${index}`);
    return items[index];
  },
  'Fn::Split': async (argument, scope, where) => {
    const [separator, source] = parse(z.tuple([z.string(), z.unknown()]), argument, where);
    return (await text(source, scope, where)).split(separator);
  },
  'Fn::FindInMap': async (argument, scope, where) => {
    const parts = parse(z.array(z.unknown()).length(3), argument, where);
    const [map = '', top = '', second = ''] = await Promise.all(
      parts.map((part) => text(part, scope, where)),
    );
    const value = scope.mappings[map]?.[top]?.[second];
    if (value === undefined)
      throw new TemplateError(where, `Fn::FindInMap finds no ${map}.${top}.${second} in Mappings`);
    return value;
  },
  'Fn::ImportValue': async (argument, scope, where) => {
    const name = await text(argument, scope, where);
    const value = scope.imports[name];
    if (value !== undefined) return value;
    throw new TemplateError(
      where,
      `Fn::ImportValue: another stack exports "${name}". Give its value as custom.localStack.imports["${name}"]`,
    );
  },
  'Fn::Base64': async (argument, scope, where) =>
    Buffer.from(await text(argument, scope, where)).toString('base64'),
  'Fn::GetAZs': async (argument, scope, where) => {
    const region = (await text(argument, scope, where)) || (scope.pseudoParameters['AWS::Region'] ?? '');
    return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
  },
  'Fn::If': async (argument, scope, where) => {
    const [name, whenTrue, whenFalse] = parse(Choice, argument, where);
    return evaluateOrNothing((await condition(name, scope, where)) ? whenTrue : whenFalse, scope, where);
  },
  'Fn::Equals': async (argument, scope, where) => {
    const [left, right] = parse(z.tuple([z.unknown(), z.unknown()]), argument, where);
    return (await text(left, scope, where)) === (await text(right, scope, where));
  },
  'Fn::Not': async (argument, scope, where) => !(await truths(argument, scope, where)).every(Boolean),
  'Fn::And': async (argument, scope, where) => (await truths(argument, scope, where)).every(Boolean),
  'Fn::Or': async (argument, scope, where) => (await truths(argument, scope, where)).some(Boolean),
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const intrinsicOf = (value: Record<string, unknown>, where: string): [Intrinsic, unknown] | undefined => {
  const [entry, ...others] = Object.entries(value);
  if (!entry || others.length > 0) return undefined;
  const [name, argument] = entry;
  // `Condition` is a function inside conditions only; policy documents and statements use the word as a key.
  if (name === 'Condition' && typeof argument !== 'string') return undefined;
  const intrinsic = INTRINSICS[name];
  if (intrinsic) return [intrinsic, argument];
  if (name.startsWith('Fn::')) {
    const known = Object.keys(INTRINSICS).filter((key) => key !== 'Condition');
    throw new TemplateError(where, `${name} is not supported locally (supported: ${known.join(', ')})`);
  }
  return undefined;
};

const evaluateOrNothing = async (value: unknown, scope: Scope, where: string): Promise<unknown> => {
  if (Array.isArray(value)) {
    const items = [];
    for (const [index, item] of value.entries())
      items.push(await evaluateOrNothing(item, scope, `${where}[${index}]`));
    return items.filter((item) => item !== NO_VALUE);
  }
  if (!isObject(value)) return value;
  const intrinsic = intrinsicOf(value, where);
  if (intrinsic) return intrinsic[0](intrinsic[1], scope, where);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const evaluated = await evaluateOrNothing(item, scope, `${where}.${key}`);
    if (evaluated !== NO_VALUE) result[key] = evaluated;
  }
  return result;
};

/**
 * Evaluates every intrinsic function in `value`; properties that become `AWS::NoValue` vanish.
 * @param where the resource and property, for errors: `PostsTable.KeySchema`
 * @throws {TemplateError} naming the place, on an unsupported or malformed intrinsic
 */
export const evaluate = async (value: unknown, scope: Scope, where: string): Promise<unknown> => {
  const evaluated = await evaluateOrNothing(value, scope, where);
  return evaluated === NO_VALUE ? undefined : evaluated;
};
