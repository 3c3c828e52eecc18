// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so
import fc from 'fast-check';
import { contextOf } from '../../src/iam/context.ts';
import { equalsText, matchesAction, matchesArn, matchesText } from '../../src/iam/pattern.ts';

/** IAM's definition: `*` stands for any characters or none, `?` for one, everything else for itself. */
const isDefinedToMatch = (pattern: string, text: string): boolean => {
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === undefined) return text === '';
  if (first === '*')
    return isDefinedToMatch(rest, text) || (text !== '' && isDefinedToMatch(pattern, text.slice(1)));
  return text !== '' && (first === '?' || first === text[0]) && isDefinedToMatch(rest, text.slice(1));
};

const few = (...units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 8 });

test('a pattern matches what its definition says', () => {
  fc.assert(
    fc.property(few('a', 'b', '*', '?'), few('a', 'b', '*'), (pattern, text) => {
      expect(matchesText(pattern, text)).toBe(isDefinedToMatch(pattern, text));
    }),
    { numRuns: 5_000 },
  );
});

test('a pattern of many wildcards is decided at once', () => {
  expect(matchesText('a*'.repeat(60), 'a'.repeat(2_000))).toBe(true);
  expect(matchesText(`${'a*'.repeat(60)}b`, 'a'.repeat(2_000))).toBe(false);
});

test('an ARN matches part by part: no wildcard reaches into the next part', () => {
  const part = few('a', '*', '?').map((text) => text.slice(0, 4));
  const parts = fc.array(part, { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(parts, fc.array(few('a'), { minLength: 6, maxLength: 6 }), (patterns, texts) => {
      // A lone star is every resource, not an ARN.
      fc.pre(patterns.join(':') !== '*');
      expect(matchesArn(patterns.join(':'), texts.join(':'))).toBe(
        patterns.every((pattern, index) => isDefinedToMatch(pattern, texts[index] ?? '')),
      );
    }),
    { numRuns: 2_000 },
  );
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/Posts';
  expect(matchesArn('arn:aws:dynamodb:*:*:table/Posts', table)).toBe(true);
  expect(matchesArn('arn:aws:dynamodb:*:table/Posts', table)).toBe(false);
});

test('the resource itself may hold colons, which its wildcards cover', () => {
  const stream = 'arn:aws:dynamodb:us-east-1:000000000000:table/Posts/stream/2026-01-01T00:00:00.000';
  expect(matchesArn('arn:aws:dynamodb:*:*:table/Posts/stream/*', stream)).toBe(true);
  expect(matchesArn('arn:aws:dynamodb:us-east-1:000000000000:table/Posts', stream)).toBe(false);
});

test('actions have no case, ARNs have', () => {
  expect(matchesAction('DynamoDB:put*', 'dynamodb:PutItem')).toBe(true);
  expect(matchesArn('arn:aws:s3:::Bucket', 'arn:aws:s3:::bucket')).toBe(false);
});

describe('policy variables', () => {
  const context = contextOf({ 'aws:PrincipalTag/team': 'red', 'aws:userid': 'a*', many: ['a', 'b'] });

  test('stand for their values, whose wildcards are ordinary characters', () => {
    expect(matchesText('home/${aws:PrincipalTag/team}/*', 'home/red/file', context)).toBe(true);
    expect(matchesText('${AWS:UserId}', 'a*', context)).toBe(true);
    expect(matchesText('${aws:userid}', 'abc', context)).toBe(false);
  });

  test('match nothing when the request has none or several values, unless they have a default', () => {
    expect(matchesText('*${aws:username}*', 'anything', context)).toBe(false);
    expect(matchesText('*${many}*', 'a', context)).toBe(false);
    expect(matchesText("${aws:username, 'nobody'}", 'nobody', context)).toBe(true);
  });

  test('give the wildcards and the dollar sign themselves', () => {
    expect(matchesText('${*}${?}${$}', '*?$', context)).toBe(true);
    expect(matchesText('${*}', 'a', context)).toBe(false);
  });

  test('are ordinary text in a policy of 2008-10-17', () => {
    expect(equalsText('${aws:userid}', '${aws:userid}')).toBe(true);
  });
});
