/** Said of what has to go the SDK's own way; no field is ever this. */
const notPlain = Symbol('not plain');
type Written<Value> = Value | typeof notPlain;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Every field written by `write`; none at all when one is not plain. Undefined fields are left out. */
const fieldsOf = (
  fields: unknown,
  write: (value: unknown, name: string) => Written<unknown>,
): Written<Record<string, unknown>> => {
  // Maps, sets and binary values are objects of other kinds.
  if (!isObject(fields) || Object.getPrototypeOf(fields) !== Object.prototype) return notPlain;
  const written: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const field = name === '__proto__' ? notPlain : write(value, name);
    if (field === notPlain) return notPlain;
    written[name] = field;
  }
  return written;
};

const listOf = (
  values: readonly unknown[],
  write: (value: unknown) => Written<unknown>,
): Written<unknown[]> => {
  const written: unknown[] = [];
  for (const value of values) {
    if (value === undefined) continue;
    const item = write(value);
    if (item === notPlain) return notPlain;
    written.push(item);
  }
  return written;
};

const typed = <Value>(type: 'L' | 'M', value: Written<Value>) =>
  value === notPlain ? notPlain : { [type]: value };

const attributeOf = (value: unknown): Written<object> => {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? { N: `${value}` } : notPlain;
    case 'boolean':
      return { BOOL: value };
    case 'object':
      if (value === null) return { NULL: true };
      return Array.isArray(value) ? typed('L', listOf(value, attributeOf)) : typed('M', itemOf(value));
    default:
      return notPlain;
  }
};
const itemOf = (item: unknown) => fieldsOf(item, attributeOf);

const tableOf = (requests: unknown, name: string) => {
  if (name.includes(':')) return notPlain;
  return Array.isArray(requests) ? listOf(requests, writeOf) : fieldsOf(requests, fieldOf);
};
const statementOf = (statement: unknown) => fieldsOf(statement, fieldOf);
const writeOf = (request: unknown) => fieldsOf(request, (fields) => fieldsOf(fields, fieldOf));

const fieldOf = (value: unknown, name: string): Written<unknown> => {
  switch (name) {
    case 'Item':
    case 'Key':
    case 'ExclusiveStartKey':
    case 'ExpressionAttributeValues':
      return itemOf(value);
    case 'Keys':
      return Array.isArray(value) ? listOf(value, itemOf) : notPlain;
    case 'Statements':
      return Array.isArray(value) ? listOf(value, statementOf) : notPlain;
    case 'Parameters':
      // They count by their place: none may be left out.
      return Array.isArray(value) && !value.includes(undefined) ? listOf(value, attributeOf) : notPlain;
    case 'RequestItems':
      return fieldsOf(value, tableOf);
    case 'ExpressionAttributeNames':
      return value;
    case 'TableName':
      // An ARN can lead to another account's endpoint.
      return typeof value === 'string' && !value.includes(':') ? value : notPlain;
    default:
      return isObject(value) ? notPlain : value;
  }
};

/**
 * The input of a document client's command as DynamoDB's JSON, when it holds text, numbers, booleans, null, lists and
 * maps only, and is that of an operation on items of tables without fields of older kinds.
 * @returns undefined for any other input, also for one that the SDK refuses
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export const plainBodyOf = (input: object): string | undefined => {
  if (!('TableName' in input || 'RequestItems' in input || 'Statements' in input)) return undefined;
  const fields = fieldsOf(input, fieldOf);
  return fields === notPlain ? undefined : JSON.stringify(fields);
};
