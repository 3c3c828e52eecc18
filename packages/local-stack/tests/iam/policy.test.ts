import { MalformedPolicy, parsePolicy } from '../../src/iam/policy.ts';

const allow = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
const parse = (statement: unknown, kind: 'identity' | 'resource' = 'identity') =>
  parsePolicy(
    { Version: '2012-10-17', Statement: statement },
    'Role.Properties.Policies[0].PolicyDocument',
    kind,
  );

test.each([
  ['an effect that is none', { ...allow, Effect: 'allow' }, '.Statement[0].Effect'],
  ['no effect', { Action: 'sqs:SendMessage', Resource: '*' }, '.Statement[0].Effect'],
  ['no action', { Effect: 'Allow', Resource: '*' }, '.Statement[0]: needs either Action or NotAction'],
  ['both actions', { ...allow, NotAction: 'sqs:*' }, '.Statement[0]: needs either Action or NotAction'],
  [
    'no resource',
    { Effect: 'Allow', Action: 'sqs:SendMessage' },
    '.Statement[0]: needs either Resource or NotResource',
  ],
  [
    'an action without its service',
    { ...allow, Action: ['sqs:SendMessage', 'PutItem'] },
    '.Statement[0].Action[1]: "PutItem"',
  ],
  ['a resource that is no ARN', { ...allow, Resource: 'Posts' }, '.Statement[0].Resource: "Posts"'],
  ['a principal on a role', { ...allow, Principal: '*' }, '.Statement[0]'],
  ['an element that there is not', { ...allow, Resources: '*' }, '.Statement[0]'],
  ['an empty list of actions', { ...allow, Action: [] }, '.Statement[0].Action'],
  ['a Sid with a space', { ...allow, Sid: 'My statement' }, '.Statement[0].Sid'],
  ['no statement', [], '.Statement'],
  ['a second statement that is none', [allow, 'Allow'], '.Statement[1]'],
])('%s is refused with its path', (_, statement, path) => {
  expect(() => parse(statement)).toThrow(MalformedPolicy);
  expect(() => parse(statement)).toThrow(`Role.Properties.Policies[0].PolicyDocument${path}`);
});

test('a version that there is not, and no document at all, are refused', () => {
  expect(() => parsePolicy({ Version: '2020-01-01', Statement: allow }, 'P', 'identity')).toThrow(
    'P.Version',
  );
  expect(() => parsePolicy(undefined, 'P', 'identity')).toThrow(MalformedPolicy);
});

test('a policy of a resource needs a principal, and may leave its resource out', () => {
  expect(() => parse(allow, 'resource')).toThrow('needs either Principal or NotPrincipal');
  expect(() => parse({ ...allow, Principal: { Services: 'sns.amazonaws.com' } }, 'resource')).toThrow(
    '.Statement[0].Principal',
  );
  const { statements } = parse({ Effect: 'Allow', Action: 'sqs:*', Principal: '*' }, 'resource');
  expect(statements[0]?.resources).toEqual({ except: false, patterns: ['*'] });
});

test('one statement, action, resource or value may stand without a list', () => {
  const [statement] = parse({ ...allow, Condition: { Bool: { 'aws:SecureTransport': true } } }).statements;
  expect(statement).toMatchObject({
    actions: { patterns: ['sqs:SendMessage'] },
    resources: { patterns: ['*'] },
    conditions: [{ operator: 'Bool', key: 'aws:SecureTransport', values: ['true'] }],
  });
});
