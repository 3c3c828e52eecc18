import { readTokens, type TokenReader } from './tokens.ts';

/** One value per period, oldest first; undefined where there is no data. */
export type TimeSeries = readonly (number | undefined)[];

/** What a metric math expression works with. */
type Value = number | string | TimeSeries[] | { series: TimeSeries };

/** What names in an expression stand for. */
export interface MathScope {
  /** Length of every series. */
  length: number;
  periodSeconds: number;
  /** The metrics (not the expressions) of the alarm, by id. */
  metrics: ReadonlyMap<string, TimeSeries>;
  /** @throws Error when there is no such id */
  resolve(id: string): TimeSeries;
}

type Expression = (scope: MathScope) => Value;

/**
 * Compiles a metric math expression: arithmetic, comparisons, `AND`, `OR`, lists, and the functions ABS, AVG,
 * CEIL, DIFF, FILL, FLOOR, IF, MAX, METRICS, MIN, PERIOD, RATE, RUNNING_SUM and SUM. Where a value is missing,
 * or is divided by zero, the result is missing.
 * @throws Error saying what in the expression is not supported
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function compileExpression(source: string): (scope: MathScope) => TimeSeries {
  const tokens = readTokens(source);
  const expression = readBinary(tokens, 0);
  if (tokens.peek().kind !== 'end') throw new Error(`unexpected "${tokens.peek().text}"`);
  return (scope) => {
    const value = expression(scope);
    if (typeof value === 'number') return Array.from({ length: scope.length }, () => finite(value));
    return asSeries(value);
  };
}

const truth = (value: boolean): number => (value ? 1 : 0);
type Operation = (a: number, b: number) => number;
/** From the weakest binding to the strongest. */
const operators: readonly Readonly<Record<string, Operation>>[] = [
  { OR: (a, b) => truth(a !== 0 || b !== 0), '||': (a, b) => truth(a !== 0 || b !== 0) },
  { AND: (a, b) => truth(a !== 0 && b !== 0), '&&': (a, b) => truth(a !== 0 && b !== 0) },
  {
    '==': (a, b) => truth(a === b),
    '!=': (a, b) => truth(a !== b),
    '<': (a, b) => truth(a < b),
    '>': (a, b) => truth(a > b),
    '<=': (a, b) => truth(a <= b),
    '>=': (a, b) => truth(a >= b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b },
  { '^': (a, b) => a ** b },
];

function readBinary(tokens: TokenReader, level: number): Expression {
  const operations = operators[level];
  if (operations === undefined) return readUnary(tokens);
  let left = readBinary(tokens, level + 1);
  for (;;) {
    const token = tokens.take(...Object.keys(operations));
    const operation = token && operations[token.text];
    if (operation === undefined) return left;
    const [a, b] = [left, readBinary(tokens, level + 1)];
    left = (scope) => combine(a(scope), b(scope), operation);
  }
}

function readUnary(tokens: TokenReader): Expression {
  if (tokens.take('-') === undefined) return readPrimary(tokens);
  const operand = readUnary(tokens);
  return (scope) => combine(0, operand(scope), (zero, value) => zero - value);
}

function readPrimary(tokens: TokenReader): Expression {
  const token = tokens.next();
  if (token.kind === 'number') return () => Number(token.text);
  if (token.kind === 'text') return () => token.text;
  if (token.text === '(') {
    const inner = readBinary(tokens, 0);
    tokens.expect(')');
    return inner;
  }
  if (token.text === '[') {
    const members = readList(tokens, ']');
    return (scope) => members.flatMap((member) => asList(member(scope)));
  }
  if (token.kind !== 'word') throw new Error(`unexpected "${token.text}"`);
  if (tokens.take('(') !== undefined) return readCall(token.text, readList(tokens, ')'));
  if (token.text === 'REPEAT' || token.text === 'LINEAR') return () => token.text;
  return (scope) => ({ series: scope.resolve(token.text) });
}

function readList(tokens: TokenReader, close: string): Expression[] {
  const members: Expression[] = [];
  if (tokens.take(close) !== undefined) return members;
  do members.push(readBinary(tokens, 0));
  while (tokens.take(',') !== undefined);
  tokens.expect(close);
  return members;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const aggregates: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: sum,
  AVG: (values) => sum(values) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};
const mappings: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

function readCall(name: string, parameters: readonly Expression[]): Expression {
  const [first, second, third] = parameters;
  const aggregate = aggregates[name];
  const mapping = mappings[name];
  if (name === 'METRICS' && parameters.length <= 1) {
    return (scope) => {
      const part = first?.(scope) ?? '';
      return [...scope.metrics].filter(([id]) => id.includes(String(part))).map(([, series]) => series);
    };
  }
  if (first !== undefined && parameters.length === 1) {
    if (aggregate !== undefined) return (scope) => aggregateOf(first(scope), aggregate);
    if (mapping !== undefined) return (scope) => combine(first(scope), 0, mapping);
    if (name === 'PERIOD') return (scope) => scope.periodSeconds;
    if (name === 'DIFF') return (scope) => differences(asSeries(first(scope)), 1);
    if (name === 'RATE') return (scope) => differences(asSeries(first(scope)), scope.periodSeconds);
    if (name === 'RUNNING_SUM') return (scope) => runningSum(asSeries(first(scope)));
  }
  if (name === 'FILL' && first && second && parameters.length === 2) {
    return (scope) => fill(first(scope), second(scope));
  }
  if (name === 'IF' && first && second && parameters.length <= 3) {
    return (scope) => choose(scope, first(scope), second(scope), third?.(scope));
  }
  throw new Error(`the function ${name} with ${parameters.length} parameters is not supported`);
}

const finite = (value: number | undefined): number | undefined =>
  Number.isFinite(value) ? value : undefined;
const isNumber = (value: number | undefined): value is number => value !== undefined;

function asSeries(value: Value): TimeSeries {
  if (typeof value === 'object' && 'series' in value) return value.series;
  if (Array.isArray(value) && value.length === 1 && value[0] !== undefined) return value[0];
  throw new Error('a single time series is expected');
}

function asList(value: Value): TimeSeries[] {
  if (Array.isArray(value)) return value;
  return [asSeries(value)];
}

function combine(a: Value, b: Value, operation: Operation): Value {
  if (typeof a === 'string' || typeof b === 'string') throw new Error('a string is not a number');
  if (Array.isArray(a)) return a.map((series) => asSeries(combine({ series }, b, operation)));
  if (Array.isArray(b)) return b.map((series) => asSeries(combine(a, { series }, operation)));
  if (typeof a === 'number' && typeof b === 'number') return operation(a, b);
  const length = typeof a === 'number' ? asSeries(b).length : a.series.length;
  const series = Array.from({ length }, (_, index) => {
    const left = typeof a === 'number' ? a : a.series[index];
    const right = typeof b === 'number' ? b : b.series[index];
    return left === undefined || right === undefined ? undefined : finite(operation(left, right));
  });
  return { series };
}

/** Of a list: period by period, leaving out what is missing; of one series: over all its periods. */
function aggregateOf(value: Value, aggregate: (values: readonly number[]) => number): Value {
  if (!Array.isArray(value)) {
    const values = asSeries(value).filter(isNumber);
    return values.length === 0 ? Number.NaN : aggregate(values);
  }
  const length = Math.max(0, ...value.map((series) => series.length));
  const series = Array.from({ length }, (_, index) => {
    const values = value.map((member) => member[index]).filter(isNumber);
    return values.length === 0 ? undefined : aggregate(values);
  });
  return { series };
}

function differences(series: TimeSeries, divisor: number): Value {
  return {
    series: series.map((value, index) => {
      const before = series[index - 1];
      return value === undefined || before === undefined ? undefined : (value - before) / divisor;
    }),
  };
}

function runningSum(series: TimeSeries): Value {
  let total = 0;
  return {
    series: series.map((value) => {
      if (value === undefined) return undefined;
      total += value;
      return total;
    }),
  };
}

function fill(value: Value, filler: Value): Value {
  if (Array.isArray(value)) return value.map((series) => asSeries(fill({ series }, filler)));
  const series = asSeries(value);
  if (filler === 'LINEAR') throw new Error('FILL with LINEAR is not supported');
  if (filler === 'REPEAT') {
    let last: number | undefined;
    return {
      series: series.map((given) => {
        last = given ?? last;
        return last;
      }),
    };
  }
  const other = typeof filler === 'number' ? undefined : asSeries(filler);
  return {
    series: series.map((given, index) => given ?? (typeof filler === 'number' ? filler : other?.[index])),
  };
}

function choose(scope: MathScope, condition: Value, yes: Value, no: Value | undefined): Value {
  const at = (value: Value | undefined, index: number): number | undefined => {
    if (value === undefined) return undefined;
    return typeof value === 'number' ? value : asSeries(value)[index];
  };
  const series = Array.from({ length: scope.length }, (_, index) => {
    const given = at(condition, index);
    if (given === undefined) return undefined;
    return finite(at(given === 0 ? no : yes, index));
  });
  return { series };
}
