import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import type { SecretStore } from '../provisioning/secret-store.ts';
import type { ContextValues } from './context.ts';
import type { Principal } from './evaluate.ts';
import type { Policy } from './policy.ts';
import { type Role, readTemplatePolicies } from './template-policies.ts';

/** A function under its role, as every call of it is signed. */
export interface Session {
  readonly functionId: string;
  readonly functionName: string;
  /** The handler as the template has it: `functions/create-post/handler.handler`. */
  readonly handler: string;
  readonly accessKeyId: string;
  readonly arn: string;
  readonly role: Role;
  readonly principal: Principal;
  /** Condition keys that all its calls share. */
  readonly context: ContextValues;
}

/** What the functions of a stack may do, by the roles and policies of its template. Plain data, for other threads too. */
export interface Rights {
  readonly region: string;
  readonly accountId: string;
  readonly sessions: readonly Session[];
  /** Every role of the template. */
  readonly roles: readonly Role[];
  /** Functions whose role the template does not declare: they may do everything here. */
  readonly unknownRoles: readonly string[];
  /** Policies of resources, by ARN. */
  readonly ofResources: ReadonlyMap<string, readonly Policy[]>;
  /** The names of partition keys, by table, or by table and index with a slash between. */
  readonly partitionKeys: ReadonlyMap<string, string>;
  /** The keys that resources are encrypted under, by the resources' ARNs: ARNs, or aliases of AWS's own. */
  readonly encryption: ReadonlyMap<string, string>;
  /** The ARNs of secrets, by ARN and by name. */
  readonly secretArns: ReadonlyMap<string, string>;
}

/** As temporary access keys look; the same for a function on every start. */
export const accessKeyOf = (functionName: string): string => {
  const digest = createHash('sha256').update(functionName).digest();
  return `ASIA${[...digest.subarray(0, 16)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')}`;
};

const Keys = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const Table = z.looseObject({
  KeySchema: Keys,
  GlobalSecondaryIndexes: z.array(z.looseObject({ IndexName: z.string(), KeySchema: Keys })).default([]),
  LocalSecondaryIndexes: z.array(z.looseObject({ IndexName: z.string(), KeySchema: Keys })).default([]),
});

/** Where resources name the key that they are encrypted under. */
const EncryptionProperties = z.looseObject({
  KmsMasterKeyId: z.string().optional(),
  KmsKeyId: z.string().optional(),
  SSESpecification: z.looseObject({ KMSMasterKeyId: z.string().optional() }).optional(),
  BucketEncryption: z
    .looseObject({
      ServerSideEncryptionConfiguration: z.array(
        z.looseObject({
          ServerSideEncryptionByDefault: z.looseObject({ KMSMasterKeyID: z.string().optional() }).optional(),
        }),
      ),
    })
    .optional(),
});

const FunctionProperties = z.looseObject({ Role: z.string(), Handler: z.string().default('') });

const partitionKeysOf = (provisioned: ProvisionedTemplate): Map<string, string> => {
  const names = new Map<string, string>();
  for (const { ref, properties } of provisioned.ofType('AWS::DynamoDB::Table')) {
    const { KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = Table.parse(properties);
    const schemas = [
      { IndexName: undefined, KeySchema },
      ...GlobalSecondaryIndexes,
      ...LocalSecondaryIndexes,
    ];
    for (const { IndexName, KeySchema: schema } of schemas) {
      const hash = schema.find(({ KeyType }) => KeyType === 'HASH');
      if (hash) names.set(IndexName === undefined ? ref : `${ref}/${IndexName}`, hash.AttributeName);
    }
  }
  return names;
};

const encryptionOf = async (provisioned: ProvisionedTemplate): Promise<Map<string, string>> => {
  const keys = new Map(
    provisioned
      .ofType('AWS::KMS::Key')
      .flatMap(({ ref, attributes: { Arn = '' } }) => [[ref, Arn] as const, [Arn, Arn] as const]),
  );
  for (const { logicalId } of provisioned.ofType('AWS::KMS::Alias')) {
    const { AliasName, TargetKeyId } = await provisioned.policyProperties(logicalId);
    keys.set(String(AliasName), keys.get(String(TargetKeyId)) ?? String(TargetKeyId));
  }
  const encryption = new Map<string, string>();
  for (const { attributes, properties } of provisioned.resources.values()) {
    const arn = attributes.Arn ?? attributes.TopicArn;
    const key = keyIn(properties);
    if (arn !== undefined && key !== undefined) encryption.set(arn, keys.get(key) ?? key);
  }
  return encryption;
};

const keyIn = (properties: unknown): string | undefined => {
  const { data } = EncryptionProperties.safeParse(properties);
  const [rule] = data?.BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
  return (
    data?.KmsMasterKeyId ??
    data?.KmsKeyId ??
    data?.SSESpecification?.KMSMasterKeyId ??
    rule?.ServerSideEncryptionByDefault?.KMSMasterKeyID
  );
};

const secretArnsOf = (provisioned: ProvisionedTemplate, secrets: SecretStore): Map<string, string> => {
  const arns = new Map<string, string>();
  for (const { ref } of provisioned.ofType('AWS::SecretsManager::Secret')) {
    arns.set(ref, ref);
    const name = ref.slice(ref.indexOf(':secret:') + ':secret:'.length).replace(/-[^-]{6}$/, '');
    if (secrets.find(name)?.arn === ref) arns.set(name, ref);
  }
  return arns;
};

/**
 * Reads the rights of a provisioned template.
 * @param options.managedPolicies documents of managed policies that are not in the template, by their ARN
 * @throws {UserError} when IAM would refuse a policy, or Lambda a role
 */
export const readRights = async (options: {
  provisioned: ProvisionedTemplate;
  region: string;
  accountId: string;
  secrets: SecretStore;
  managedPolicies: Readonly<Record<string, unknown>>;
}): Promise<Rights> => {
  const { provisioned, region, accountId } = options;
  const { roles, ofResources } = await readTemplatePolicies(provisioned, options.managedPolicies);

  const unknownRoles: string[] = [];
  const sessions: Session[] = [];
  for (const { logicalId, ref, attributes, properties } of provisioned.ofType('AWS::Lambda::Function')) {
    const { Role: roleArn, Handler } = FunctionProperties.parse(properties);
    const role = roles.find(({ arn }) => arn === roleArn);
    if (!role) {
      unknownRoles.push(logicalId);
      continue;
    }
    const arn = `arn:aws:sts::${accountId}:assumed-role/${role.name}/${ref}`;
    const tags = Object.entries(role.tags).map(([name, value]) => [`aws:PrincipalTag/${name}`, value]);
    sessions.push({
      functionId: logicalId,
      functionName: ref,
      handler: Handler,
      accessKeyId: accessKeyOf(ref),
      arn,
      role,
      principal: { kind: 'role', accountId, roleArn, sessionArn: arn },
      context: {
        'aws:PrincipalArn': roleArn,
        'aws:PrincipalAccount': accountId,
        'aws:PrincipalType': 'AssumedRole',
        'aws:PrincipalIsAWSService': 'false',
        'aws:userid': `AROA${role.name}:${ref}`,
        'aws:RequestedRegion': region,
        'aws:ResourceAccount': accountId,
        's3:ResourceAccount': accountId,
        // On AWS the SDK speaks TLS.
        'aws:SecureTransport': 'true',
        'aws:ViaAWSService': 'false',
        'lambda:SourceFunctionArn': attributes.Arn,
        ...Object.fromEntries(tags),
      },
    });
  }
  return {
    region,
    accountId,
    sessions,
    roles,
    unknownRoles,
    ofResources,
    partitionKeys: partitionKeysOf(provisioned),
    encryption: await encryptionOf(provisioned),
    secretArns: secretArnsOf(provisioned, options.secrets),
  };
};
