import { contextOf } from '../../src/iam/context.ts';
import {
  type AccessRequest,
  type ApplicablePolicies,
  decide,
  type Principal,
} from '../../src/iam/evaluate.ts';
import { parsePolicy } from '../../src/iam/policy.ts';

const ACCOUNT = '000000000000';
const queue = `arn:aws:sqs:us-east-1:${ACCOUNT}:work`;
const role: Principal = {
  kind: 'role',
  accountId: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/worker`,
  sessionArn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/function`,
};
const sns: Principal = { kind: 'service', name: 'sns.amazonaws.com' };

const identity = (...Statement: unknown[]) =>
  parsePolicy({ Version: '2012-10-17', Statement }, 'Role', 'identity');
const ofQueue = (...Statement: unknown[]) =>
  parsePolicy({ Version: '2012-10-17', Statement }, 'Queue', 'resource');
const request = (more: Partial<AccessRequest> = {}): AccessRequest => ({
  principal: role,
  action: 'sqs:SendMessage',
  resource: queue,
  context: contextOf({ 'aws:SourceArn': 'arn:aws:sns:us-east-1:000000000000:topic' }),
  ...more,
});
const decided = (policies: Partial<ApplicablePolicies>, more: Partial<AccessRequest> = {}) =>
  decide(request(more), { identity: [], resource: [], ...policies });

const allow = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue };
const deny = { ...allow, Effect: 'Deny' };

test('nothing is allowed that no policy allows', () => {
  expect(decided({})).toEqual({ allowed: false, because: 'identity-based policy', unknown: [] });
});

test('a statement allows its actions on its resources, and is told', () => {
  const decision = decided({ identity: [identity(allow)] });
  expect(decision).toMatchObject({ allowed: true, grant: { action: 'sqs:SendMessage', resource: queue } });
  expect(decided({ identity: [identity({ ...allow, Action: 'sqs:ReceiveMessage' })] }).allowed).toBe(false);
  expect(decided({ identity: [identity({ ...allow, Resource: `${queue}-other` })] }).allowed).toBe(false);
});

test('a Deny wins over an Allow, whichever policy either is in', () => {
  const all = [
    decided({ identity: [identity(allow, deny)] }),
    decided({ identity: [identity(allow)], resource: [ofQueue({ ...deny, Principal: '*' })] }),
    decided({ identity: [identity(deny)], resource: [ofQueue({ ...allow, Principal: '*' })] }),
    decided({
      identity: [identity(allow)],
      boundary: [identity({ ...allow, Action: '*', Resource: '*' }, deny)],
    }),
  ];
  expect(all.map(({ allowed }) => allowed)).toEqual([false, false, false, false]);
  expect(all.map((decision) => !decision.allowed && decision.deniedBy?.path)).toEqual([
    'Role.Statement[1]',
    'Queue.Statement[0]',
    'Role.Statement[0]',
    'Role.Statement[1]',
  ]);
});

test('NotAction and NotResource name what a statement is not about', () => {
  const policy = identity({ Effect: 'Allow', NotAction: 'sqs:Purge*', NotResource: `${queue}-secret` });
  expect(decided({ identity: [policy] }).allowed).toBe(true);
  expect(decided({ identity: [policy] }, { action: 'sqs:PurgeQueue' }).allowed).toBe(false);
  expect(decided({ identity: [policy] }, { resource: `${queue}-secret` }).allowed).toBe(false);
});

test('within an account the policy of the role or that of the resource suffices', () => {
  for (const Principal of ['*', { AWS: role.kind === 'role' ? role.roleArn : '' }, { AWS: '*' }])
    expect(decided({ resource: [ofQueue({ ...allow, Principal })] }).allowed).toBe(true);
  const stranger = { AWS: 'arn:aws:iam::000000000000:role/other' };
  expect(decided({ resource: [ofQueue({ ...allow, Principal: stranger })] }).allowed).toBe(false);
});

test('a resource policy that names the account leaves the decision to the role', () => {
  const account = ofQueue({ ...allow, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } });
  expect(decided({ resource: [account] }).allowed).toBe(false);
  expect(decided({ resource: [account], identity: [identity(allow)] }).allowed).toBe(true);
});

test("a key's policy decides alone unless it hands the decision to the account", () => {
  const key = { action: 'kms:Decrypt', resource: 'arn:aws:kms:us-east-1:000000000000:key/k' };
  const use = identity({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: key.resource });
  const keyPolicy = (Principal: unknown) =>
    ofQueue({ Effect: 'Allow', Action: 'kms:*', Resource: '*', Principal });
  const account = keyPolicy({ AWS: `arn:aws:iam::${ACCOUNT}:root` });
  const other = keyPolicy({ AWS: 'arn:aws:iam::000000000000:role/other' });
  expect(decided({ identity: [use], resource: [account], resourceDecides: true }, key).allowed).toBe(true);
  expect(decided({ identity: [use], resource: [other], resourceDecides: true }, key)).toMatchObject({
    allowed: false,
    because: 'resource-based policy',
  });
});

test('a role does no more than its boundary allows', () => {
  const policies = { identity: [identity({ ...allow, Action: 'sqs:*' })], boundary: [identity(allow)] };
  expect(decided(policies).allowed).toBe(true);
  expect(decided(policies, { action: 'sqs:PurgeQueue' })).toMatchObject({
    allowed: false,
    because: 'permissions boundary',
  });
});

test('a service needs the policy of the resource, with its conditions', () => {
  const statement = (arn: string) => ({
    ...allow,
    Principal: { Service: 'sns.amazonaws.com' },
    Condition: { ArnEquals: { 'aws:SourceArn': arn } },
  });
  const topic = 'arn:aws:sns:us-east-1:000000000000:topic';
  expect(decided({ resource: [ofQueue(statement(topic))] }, { principal: sns }).allowed).toBe(true);
  expect(decided({ resource: [ofQueue(statement(`${topic}-2`))] }, { principal: sns })).toMatchObject({
    allowed: false,
    because: 'resource-based policy',
  });
  expect(decided({ identity: [identity(allow)] }, { principal: sns }).allowed).toBe(false);
});

test('NotPrincipal names all but whom it names', () => {
  const others = ofQueue({ ...deny, NotPrincipal: { AWS: role.kind === 'role' ? role.roleArn : '' } });
  expect(decided({ identity: [identity(allow)], resource: [others] }).allowed).toBe(true);
  expect(
    decided({ resource: [ofQueue({ ...allow, Principal: '*' }), others] }, { principal: sns }).allowed,
  ).toBe(false);
});

test('a statement with a condition that cannot be judged does not allow, and denies', () => {
  const unjudged = { Condition: { StringEquals: { 'ec2:Region': 'us-east-1' } } };
  const unknown = ['the condition key ec2:Region'];
  expect(decided({ identity: [identity({ ...allow, ...unjudged })] })).toMatchObject({
    allowed: false,
    unknown,
  });
  expect(decided({ identity: [identity(allow, { ...deny, ...unjudged })] })).toMatchObject({
    allowed: false,
    unknown,
  });
  expect(decided({ identity: [identity(allow, { ...allow, ...unjudged })] }).allowed).toBe(true);
});
