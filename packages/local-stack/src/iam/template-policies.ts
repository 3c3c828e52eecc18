import { z } from 'zod';
import { functionNameIn } from '../asynchronous-invocation/index.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import { UserError } from '../user-error.ts';
import { contextOf } from './context.ts';
import { decide } from './evaluate.ts';
import { MANAGED_POLICIES } from './managed-policies.ts';
import { type Policy, parsePolicy } from './policy.ts';

export interface Role {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Who may assume it. */
  readonly trust: Policy;
  readonly policies: readonly Policy[];
  readonly boundary?: readonly Policy[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Every policy that the template declares. */
export interface TemplatePolicies {
  readonly roles: readonly Role[];
  /** By the ARN of the resource that they are attached to. */
  readonly ofResources: ReadonlyMap<string, readonly Policy[]>;
}

const Named = z.looseObject({ PolicyName: z.string().default(''), PolicyDocument: z.unknown() });
const Texts = z.array(z.string()).default([]);
const Tags = z.array(z.object({ Key: z.string(), Value: z.string() })).default([]);
const RoleProperties = z.looseObject({
  AssumeRolePolicyDocument: z.unknown(),
  Policies: z.array(Named).default([]),
  ManagedPolicyArns: Texts,
  PermissionsBoundary: z.string().optional(),
  Tags,
});
const AttachedPolicy = z.looseObject({
  PolicyDocument: z.unknown(),
  Roles: Texts,
  RoleName: z.string().optional(),
});

/** The policies of resources: where the document stands, and to what it is attached. */
const RESOURCE_POLICIES: Readonly<
  Record<string, { document: string; attached: (properties: Properties) => unknown }>
> = {
  'AWS::SQS::QueuePolicy': { document: 'PolicyDocument', attached: ({ Queues }) => Queues },
  'AWS::SQS::QueueInlinePolicy': { document: 'PolicyDocument', attached: ({ Queue }) => [Queue] },
  'AWS::SNS::TopicPolicy': { document: 'PolicyDocument', attached: ({ Topics }) => Topics },
  'AWS::SNS::TopicInlinePolicy': { document: 'PolicyDocument', attached: ({ TopicArn }) => [TopicArn] },
  'AWS::S3::BucketPolicy': { document: 'PolicyDocument', attached: ({ Bucket }) => [Bucket] },
  'AWS::SecretsManager::ResourcePolicy': {
    document: 'ResourcePolicy',
    attached: ({ SecretId }) => [SecretId],
  },
};
type Properties = Readonly<Record<string, unknown>>;

const PermissionProperties = z.looseObject({
  FunctionName: z.string(),
  Action: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/**
 * The statement that a permission adds to the policy of its function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
const permissionPolicy = (properties: Properties): unknown => {
  const { Action, Principal, SourceArn, SourceAccount } = PermissionProperties.parse(properties);
  const isService = /\.amazonaws\.com(\.cn)?$/.test(Principal);
  return {
    Version: '2012-10-17',
    Statement: {
      ...{ Effect: 'Allow', Action, Resource: '*' },
      Principal: Principal === '*' ? '*' : { [isService ? 'Service' : 'AWS']: Principal },
      Condition: {
        ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
        ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
      },
    },
  };
};

const TableProperties = z.looseObject({
  ResourcePolicy: z.looseObject({ PolicyDocument: z.unknown() }).optional(),
});

/**
 * Reads every policy of a template.
 * @param given documents of managed policies that are not in the template, by their ARN
 * @throws {MalformedPolicy} as IAM would refuse it
 * @throws {UserError} when a managed policy is unknown here, or Lambda may not assume a function's role
 */
export const readTemplatePolicies = async (
  provisioned: ProvisionedTemplate,
  given: Readonly<Record<string, unknown>>,
): Promise<TemplatePolicies> => {
  const problems: string[] = [];
  const collected = async <Result>(read: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const propertiesOfAll = async (type: string) =>
    Promise.all(
      provisioned.ofType(type).map(async ({ logicalId, ref, attributes }) => ({
        logicalId,
        ref,
        arn: attributes.Arn ?? ref,
        properties: await provisioned.policyProperties(logicalId),
      })),
    );

  const managed = new Map<string, readonly Policy[]>();
  const attached = new Map<string, Policy[]>();
  const attach = (role: string, policy: Policy) =>
    attached.set(role, [...(attached.get(role) ?? []), policy]);
  for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy']) {
    for (const { logicalId, ref, properties } of await propertiesOfAll(type)) {
      await collected(async () => {
        const { PolicyDocument, Roles, RoleName } = AttachedPolicy.parse(properties);
        const policy = parsePolicy(PolicyDocument, `${logicalId}.Properties.PolicyDocument`, 'identity');
        if (type === 'AWS::IAM::ManagedPolicy') managed.set(ref, [policy]);
        for (const role of RoleName === undefined ? Roles : [...Roles, RoleName]) attach(role, policy);
      });
    }
  }

  const managedPolicy = (arn: string, where: string): readonly Policy[] => {
    const known = managed.get(arn);
    if (known) return known;
    const document = given[arn] ?? MANAGED_POLICIES[arn.replace(/^arn:[^:]+:iam::aws:policy\//, '')];
    if (document === undefined) {
      throw new UserError(
        `${where}: the managed policy ${arn} is not known here. Give its document as ` +
          `custom.localStack.managedPolicies["${arn}"], or start with --no-rights`,
      );
    }
    return [parsePolicy(document, arn, 'identity')];
  };

  const roles: Role[] = [];
  for (const { logicalId, ref, arn, properties } of await propertiesOfAll('AWS::IAM::Role')) {
    const role = await collected(async (): Promise<Role> => {
      const { Policies, ManagedPolicyArns, PermissionsBoundary, ...parsed } =
        RoleProperties.parse(properties);
      const where = `${logicalId}.Properties`;
      const trust = parsePolicy(
        parsed.AssumeRolePolicyDocument,
        `${where}.AssumeRolePolicyDocument`,
        'resource',
      );
      refuseStranger(trust, arn, logicalId, provisioned);
      return {
        logicalId,
        name: ref,
        arn,
        trust,
        policies: [
          ...Policies.map(({ PolicyDocument }, index) =>
            parsePolicy(PolicyDocument, `${where}.Policies[${index}].PolicyDocument`, 'identity'),
          ),
          ...ManagedPolicyArns.flatMap((policy) => managedPolicy(policy, where)),
          ...(attached.get(ref) ?? []),
        ],
        ...(PermissionsBoundary !== undefined && { boundary: managedPolicy(PermissionsBoundary, where) }),
        tags: Object.fromEntries(parsed.Tags.map(({ Key, Value }) => [Key, Value])),
      };
    });
    if (role) roles.push(role);
  }

  const ofResources = new Map<string, readonly Policy[]>();
  const attachTo = (arn: string, policy: Policy) =>
    ofResources.set(arn, [...(ofResources.get(arn) ?? []), policy]);
  const arnOf = arnsByReference(provisioned);
  for (const [type, { document, attached: attachedTo }] of Object.entries(RESOURCE_POLICIES)) {
    for (const { logicalId, properties } of await propertiesOfAll(type)) {
      await collected(async () => {
        const policy = parsePolicy(properties[document], `${logicalId}.Properties.${document}`, 'resource');
        for (const reference of Texts.parse(attachedTo(properties))) attachTo(arnOf(reference), policy);
      });
    }
  }
  const functions = provisioned.ofType('AWS::Lambda::Function');
  for (const { logicalId, properties } of await propertiesOfAll('AWS::Lambda::Permission')) {
    await collected(async () => {
      const name = functionNameIn(String(properties.FunctionName));
      const Arn = functions.find(({ ref }) => ref === name)?.attributes.Arn;
      const policy = parsePolicy(permissionPolicy(properties), `${logicalId}.Properties`, 'resource');
      if (Arn !== undefined) attachTo(Arn, policy);
    });
  }
  for (const { logicalId, arn, properties } of await propertiesOfAll('AWS::KMS::Key')) {
    if (properties.KeyPolicy === undefined) continue;
    await collected(async () =>
      attachTo(arn, parsePolicy(properties.KeyPolicy, `${logicalId}.Properties.KeyPolicy`, 'resource')),
    );
  }
  for (const { logicalId, attributes, properties } of provisioned.ofType('AWS::DynamoDB::Table')) {
    const { ResourcePolicy } = TableProperties.parse(properties);
    if (!ResourcePolicy || attributes.Arn === undefined) continue;
    const path = `${logicalId}.Properties.ResourcePolicy.PolicyDocument`;
    const { Arn } = attributes;
    await collected(async () => attachTo(Arn, parsePolicy(ResourcePolicy.PolicyDocument, path, 'resource')));
  }

  if (problems.length > 0)
    throw new UserError(['IAM would refuse this template:', ...problems.map((one) => `  ${one}`)].join('\n'));
  return { roles, ofResources };
};

/** The ARN of what a policy is attached to by URL, name or ARN. */
const arnsByReference = (provisioned: ProvisionedTemplate): ((reference: string) => string) => {
  const arns = new Map(
    [...provisioned.resources.values()].flatMap(({ ref, attributes }) =>
      attributes.Arn === undefined ? [] : [[ref, attributes.Arn] as const],
    ),
  );
  return (reference) => arns.get(reference) ?? reference;
};

/** Lambda refuses a function whose role it may not assume. */
const refuseStranger = (
  trust: Policy,
  arn: string,
  logicalId: string,
  provisioned: ProvisionedTemplate,
): void => {
  const functions = provisioned
    .ofType('AWS::Lambda::Function')
    .filter(({ properties }) => properties.Role === arn);
  const [first] = functions;
  if (!first) return;
  const decision = decide(
    {
      principal: { kind: 'service', name: 'lambda.amazonaws.com' },
      action: 'sts:AssumeRole',
      resource: arn,
      context: contextOf({ 'aws:SourceArn': first.attributes.Arn, 'aws:SourceAccount': arn.split(':')[4] }),
    },
    { identity: [], resource: [trust] },
  );
  if (!decision.allowed)
    throw new UserError(
      `${first.logicalId}: the role defined for the function cannot be assumed by Lambda: ` +
        `${logicalId}.Properties.AssumeRolePolicyDocument does not allow sts:AssumeRole to lambda.amazonaws.com`,
    );
};
