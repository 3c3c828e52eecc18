// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so
import fc from 'fast-check';
import { judgeCondition } from '../../src/iam/conditions.ts';
import { type ContextValues, contextOf } from '../../src/iam/context.ts';

const KEY = 'dynamodb:LeadingKeys';

const judge = (operator: string, wanted: string | string[], given?: string | string[], key = KEY) => {
  const values: ContextValues = { [key]: given, 'aws:PrincipalTag/team': 'Red' };
  const context = contextOf(values);
  return judgeCondition({ operator, key, values: [wanted].flat() }, context, context);
};
const holds = (...given: Parameters<typeof judge>) => {
  const outcome = judge(...given);
  return 'holds' in outcome && outcome.holds;
};

test.each([
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a*', 'ab', false],
  ['StringNotEquals', 'a', 'b', true],
  ['StringEqualsIgnoreCase', 'ABC', 'aBc', true],
  ['StringEqualsIgnoreCase', '${aws:PrincipalTag/team}', 'RED', true],
  ['StringNotEqualsIgnoreCase', 'ABC', 'abc', false],
  ['StringLike', 'a*c?', 'abbcd', true],
  ['StringNotLike', 'a*', 'abc', false],
  ['StringEquals', '${aws:PrincipalTag/team}', 'Red', true],
  ['NumericEquals', '10', '10.0', true],
  ['NumericNotEquals', '10', '11', true],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '10', '10', false],
  ['NumericGreaterThanEquals', '10', '10', true],
  ['NumericLessThan', '10', 'many', false],
  ['DateEquals', '2026-01-01T00:00:00Z', '1767225600', true],
  ['DateNotEquals', '2026-01-01', '2026-01-02', true],
  ['DateLessThan', '2026-01-01', '2025-12-31T23:59:59Z', true],
  ['DateLessThanEquals', '2026-01-01', '2026-01-01', true],
  ['DateGreaterThan', '2026-01-01', '2026-01-01', false],
  ['DateGreaterThanEquals', '2026-01-01', '2026-01-02', true],
  ['Bool', 'true', 'TRUE', true],
  ['Bool', 'false', 'true', false],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
  ['IpAddress', '203.0.113.0/24', '203.0.113.9', true],
  ['IpAddress', '203.0.113.9', '203.0.113.8', false],
  ['IpAddress', '2001:db8::/32', '2001:db8::1', true],
  ['NotIpAddress', '203.0.113.0/24', '198.51.100.1', true],
  ['ArnLike', 'arn:aws:sns:*:000000000000:*', 'arn:aws:sns:us-east-1:000000000000:topic', true],
  ['ArnEquals', 'arn:aws:sns:*:000000000000:*', 'arn:aws:sns:us-east-1:111111111111:topic', false],
  ['ArnNotLike', 'arn:aws:sns:*:*:a', 'arn:aws:sns:us-east-1:000000000000:b', true],
  ['ArnNotEquals', 'arn:aws:sns:*:*:a', 'arn:aws:sns:us-east-1:000000000000:a', false],
])('%s %s against %s', (operator, wanted, given, expected) => {
  expect(holds(operator, wanted, given)).toBe(expected);
});

test('several values of a comparison are joined by or, those of its denial by nor', () => {
  expect(holds('StringEquals', ['a', 'b'], 'b')).toBe(true);
  expect(holds('StringNotEquals', ['a', 'b'], 'b')).toBe(false);
  expect(holds('StringNotEquals', ['a', 'b'], 'c')).toBe(true);
});

test('a key that the request lacks fails a comparison, passes its denial and IfExists', () => {
  expect(holds('StringEquals', 'a')).toBe(false);
  expect(holds('StringNotEquals', 'a')).toBe(true);
  expect(holds('StringEqualsIfExists', 'a')).toBe(true);
  expect(holds('StringEqualsIfExists', 'a', 'b')).toBe(false);
  expect(holds('NumericLessThanIfExists', '1')).toBe(true);
});

test('Null asks whether the request lacks the key', () => {
  expect(holds('Null', 'true')).toBe(true);
  expect(holds('Null', 'true', 'a')).toBe(false);
  expect(holds('Null', 'false', 'a')).toBe(true);
  expect(holds('Null', 'false')).toBe(false);
});

test('ForAllValues and ForAnyValue are all and any, and decide without values', () => {
  const values = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(values, values, (wanted, given) => {
      const isWanted = (value: (typeof wanted)[number]) => wanted.includes(value);
      expect(holds('ForAllValues:StringEquals', wanted, given)).toBe(given.every(isWanted));
      expect(holds('ForAnyValue:StringEquals', wanted, given)).toBe(given.some(isWanted));
      expect(holds('ForAllValues:StringNotEquals', wanted, given)).toBe(!given.some(isWanted));
      expect(holds('ForAnyValue:StringNotEquals', wanted, given)).toBe(!given.every(isWanted));
    }),
  );
  expect(holds('ForAllValues:StringEquals', 'a')).toBe(true);
  expect(holds('ForAnyValue:StringEquals', 'a')).toBe(false);
});

test('keys have no case', () => {
  const context = contextOf({ 'aws:SourceArn': 'x' });
  expect(
    judgeCondition({ operator: 'StringEquals', key: 'AWS:sourcearn', values: ['x'] }, context, context),
  ).toEqual({
    holds: true,
  });
});

test('what cannot be judged is named', () => {
  expect(judge('StringEquals', 'a', 'a', 'ec2:Region')).toEqual({ unknown: 'the condition key ec2:Region' });
  expect(judge('StringResembles', 'a', 'a')).toEqual({ unknown: 'the condition operator StringResembles' });
});
