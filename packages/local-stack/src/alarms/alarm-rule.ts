import { readTokens, type TokenReader } from './tokens.ts';

export type AlarmStateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmRule {
  /** Names of the alarms that the rule looks at. */
  alarmNames: ReadonlySet<string>;
  holds(stateOf: (alarmName: string) => AlarmStateValue): boolean;
}

type Condition = (stateOf: (alarmName: string) => AlarmStateValue) => boolean;

/**
 * Compiles the rule of a composite alarm: `ALARM("name")`, `OK(name)`, `INSUFFICIENT_DATA("arn")`, `TRUE`,
 * `FALSE`, `NOT`, `AND`, `OR` and parentheses.
 * @throws Error saying what is wrong with the rule
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function compileAlarmRule(source: string): AlarmRule {
  // Names may stand without quotes and hold signs that an expression gives a meaning.
  const quoted = source.replaceAll(
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*([^"'\s()][^()]*?)\s*\)/g,
    (whole, state?: string, name?: string) => (state ? `${state}(${JSON.stringify(name)})` : whole),
  );
  const tokens = readTokens(quoted);
  const alarmNames = new Set<string>();
  const holds = readOr(tokens, alarmNames);
  if (tokens.peek().kind !== 'end') throw new Error(`unexpected "${tokens.peek().text}"`);
  return { alarmNames, holds };
}

function readOr(tokens: TokenReader, alarmNames: Set<string>): Condition {
  const conditions = [readAnd(tokens, alarmNames)];
  while (tokens.take('OR') !== undefined) conditions.push(readAnd(tokens, alarmNames));
  return (stateOf) => conditions.some((condition) => condition(stateOf));
}

function readAnd(tokens: TokenReader, alarmNames: Set<string>): Condition {
  const conditions = [readNot(tokens, alarmNames)];
  while (tokens.take('AND') !== undefined) conditions.push(readNot(tokens, alarmNames));
  return (stateOf) => conditions.every((condition) => condition(stateOf));
}

function readNot(tokens: TokenReader, alarmNames: Set<string>): Condition {
  if (tokens.take('NOT') !== undefined) {
    const condition = readNot(tokens, alarmNames);
    return (stateOf) => !condition(stateOf);
  }
  if (tokens.take('(') !== undefined) {
    const condition = readOr(tokens, alarmNames);
    tokens.expect(')');
    return condition;
  }
  if (tokens.take('TRUE') !== undefined) return () => true;
  if (tokens.take('FALSE') !== undefined) return () => false;
  const state = stateOfWord(tokens.next().text);
  tokens.expect('(');
  const { kind, text } = tokens.next();
  if (kind !== 'text') throw new Error(`expected the name of an alarm and found "${text}"`);
  tokens.expect(')');
  const alarmName = text.replace(/^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:/, '');
  alarmNames.add(alarmName);
  return (stateOf) => stateOf(alarmName) === state;
}

function stateOfWord(word: string): AlarmStateValue {
  if (word === 'ALARM' || word === 'OK' || word === 'INSUFFICIENT_DATA') return word;
  throw new Error(`unexpected "${word}"`);
}
