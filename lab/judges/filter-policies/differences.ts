import type { Policy, Published } from './draw.ts';

/** A condition of a policy, with what the message has under its key. */
interface Look {
  /** `word`, `number`, or the operator: `anything-but prefix` when one is inside another. */
  operator: string;
  /** The attribute's type, or that of the value in the body; `absent` when there is none. */
  type: string;
}

/** Where an engine is known to decide otherwise than SNS is documented to. The local stack decides as documented. */
export interface Difference {
  engine: 'fauxqs' | 'moto';
  what: string;
  /** AWS's page. */
  page: string;
  /** Whether it can have made this case differ. */
  applies: (looks: readonly Look[], message: Published | undefined, scope: Policy['scope']) => boolean;
}

const guide = 'https://docs.aws.amazon.com/sns/latest/dg';
const constraints = `${guide}/subscription-filter-policy-constraints.html`;
const strings = `${guide}/string-value-matching.html`;
const numbers = `${guide}/numeric-value-matching.html`;
const keys = `${guide}/attribute-key-matching.html`;

const some = (test: (look: Look) => boolean) => (looks: readonly Look[]) => looks.some(test);
const isArray = ({ type }: Look) => type === 'String.Array' || type === 'array';

const isNumeric = (operator: string) => /^(number|numeric|anything-but number)$/.test(operator);

/** A condition on numbers meets a text, or the other way round. */
const isMixed = ({ operator, type }: Look) =>
  operator !== 'exists' && type !== 'absent' && isNumeric(operator) !== /^number$/i.test(type);

/** What is known to differ. Whatever else does is a finding. */
export const differences: readonly Difference[] = [
  {
    engine: 'fauxqs',
    what: 'takes Binary attributes for values',
    page: constraints,
    applies: some(({ type }) => type === 'Binary'),
  },
  {
    engine: 'fauxqs',
    what: 'matches texts with numbers, and numbers with texts',
    page: numbers,
    applies: some(isMixed),
  },
  {
    engine: 'moto',
    what: 'matches the number 5 with the text "5", and goes no further when a text’s operator meets a number',
    page: numbers,
    applies: some(isMixed),
  },
  {
    engine: 'fauxqs',
    what: 'does not look into String.Array attributes and arrays of a body',
    page: strings,
    applies: some(isArray),
  },
  {
    engine: 'moto',
    what: 'refuses wildcard and cidr',
    page: strings,
    applies: some(({ operator }) => operator === 'wildcard' || operator === 'cidr'),
  },
  {
    engine: 'moto',
    what: 'refuses the highest and the lowest number that a policy may hold',
    page: constraints,
    applies: (looks, message) => message === undefined && looks.some(({ operator }) => isNumeric(operator)),
  },
  {
    engine: 'moto',
    what: 'takes Binary attributes for values',
    page: constraints,
    applies: some(({ type }) => type === 'Binary'),
  },
  {
    engine: 'moto',
    what: 'lets messages without attributes pass where a key must not exist',
    page: keys,
    applies: (looks, message, scope) =>
      scope === 'MessageAttributes' &&
      message !== undefined &&
      Object.keys(message.attributes).length === 0 &&
      looks.some(({ operator }) => operator === 'exists'),
  },
  {
    engine: 'moto',
    what: 'does not look into arrays with operators',
    page: strings,
    applies: some((look) => isArray(look) && look.operator !== 'word'),
  },
  {
    engine: 'moto',
    what: 'knows no anything-but with suffix, and with prefix it never matches a number',
    page: strings,
    applies: some(
      ({ operator, type }) =>
        operator === 'anything-but suffix' ||
        (operator === 'anything-but prefix' && /^(number|Number)$/.test(type)),
    ),
  },
  {
    engine: 'moto',
    what: 'looks at no further condition of a key after a value that is not there or of another type',
    page: `${guide}/and-or-logic.html`,
    applies: (looks) =>
      looks.length > 1 &&
      looks.some(
        ({ operator, type }) =>
          type === 'absent' || (operator === 'number' && /^(String|string)$/.test(type)),
      ),
  },
  {
    engine: 'moto',
    what: 'takes a nested key of which the outer one is missing for unmet, also where it must not exist',
    page: keys,
    applies: (looks, _message, scope) =>
      scope === 'MessageBody' &&
      looks.some(({ operator, type }) => operator === 'exists' && type === 'absent'),
  },
];

const operatorOf = (condition: unknown): string => {
  if (typeof condition === 'string') return 'word';
  if (typeof condition === 'number') return 'number';
  if (Array.isArray(condition)) return operatorOf(condition[0]);
  const [[operator = '', operand] = []] = Object.entries(Object(condition));
  return operator === 'anything-but' ? `anything-but ${operatorOf(operand)}` : operator;
};

const typeIn = (body: unknown, path: readonly string[]): string => {
  const found = path.reduce<unknown>((value, key) => Object(value)[key], body);
  if (Array.isArray(found)) return 'array';
  return found === undefined ? 'absent' : typeof found;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Every condition of a policy, with what the message has for it. */
export const looksOf = ({ scope, policy }: Policy, message: Published | undefined): Look[] => {
  const body = parsed(message?.body ?? '');
  const typeOf = (path: readonly string[]): string =>
    scope === 'MessageBody'
      ? typeIn(body, path)
      : (message?.attributes[path.join('.')]?.DataType ?? 'absent');
  const walk = (source: object, path: readonly string[]): Look[] =>
    Object.entries(source).flatMap(([key, value]): Look[] => {
      if (key === '$or') return value.flatMap((alternative: object) => walk(alternative, path));
      if (!Array.isArray(value)) return walk(value, [...path, key]);
      return value.map((condition) => ({
        operator: operatorOf(condition),
        type: typeOf([...path, key]),
      }));
    });
  return walk(policy, []);
};
