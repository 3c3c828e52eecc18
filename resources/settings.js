// What the service's parameters mean in CloudFormation, in one place: a resource that a parameter switches off is
// not in the template at all, so what is linted, tested and reviewed is what is deployed.
const NO_VALUE = { Ref: 'AWS::NoValue' };
const ARN_OF_A_KEY = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/;

const listOf = (text) =>
  String(text)
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);

const invalid = (parameter, problem) => new Error(`The parameter "${parameter}" ${problem}`);

/** The issuer and audience of the tokens that the API accepts: a pool of the stack's own unless one is named. */
const tokensOf = (issuer, audience) => {
  if (!issuer && !audience) {
    return {
      ownPool: true,
      issuer: { 'Fn::GetAtt': ['UserPool', 'ProviderURL'] },
      audience: { Ref: 'UserPoolClient' },
    };
  }
  if (!issuer) throw invalid('issuer', 'is needed with "audience"');
  if (!audience) throw invalid('audience', 'is needed with "issuer"');
  if (!/^https:\/\//.test(issuer)) throw invalid('issuer', `must begin with https:// and is "${issuer}"`);
  return { ownPool: false, issuer, audience };
};

const keyArnOf = (customerKey) => {
  if (!customerKey) return undefined;
  if (customerKey === 'create') return { 'Fn::GetAtt': ['CustomerKey', 'Arn'] };
  if (ARN_OF_A_KEY.test(customerKey)) return customerKey;
  throw invalid('customerKey', `must be empty, "create" or the ARN of a KMS key and is "${customerKey}"`);
};

/** What each kind of resource is encrypted with: keys of AWS, which cost nothing to keep, or the customer's. */
const encryptionOf = (keyArn) => ({
  keyArn,
  table: keyArn ? { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn } : NO_VALUE,
  // SNS cannot deliver to a queue under alias/aws/sqs, whose policy nobody can change: SSE-SQS has no such limit.
  queue: keyArn ? { KmsMasterKeyId: keyArn } : { SqsManagedSseEnabled: true },
  topicKey: keyArn ?? 'alias/aws/sns',
  // CloudWatch cannot publish under alias/aws/sns, and alarms hold nothing of what users wrote.
  alarmsTopicKey: keyArn ?? NO_VALUE,
  secretKey: keyArn ?? NO_VALUE,
  bucket: {
    ServerSideEncryptionConfiguration: [
      keyArn
        ? {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn },
          }
        : { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ],
  },
});

const unitsOf = (parameter, value) => {
  if (value === '' || value === undefined) return undefined;
  const units = Number(value);
  if (!Number.isInteger(units) || units < 1) throw invalid(parameter, `must be a whole number from 1 on`);
  return units;
};

/** The most that on-demand tables and their indexes may use a second; without a maximum the account's quota. */
const throughputOf = (maxReadUnits, maxWriteUnits) => {
  const MaxReadRequestUnits = unitsOf('maxReadUnits', maxReadUnits);
  const MaxWriteRequestUnits = unitsOf('maxWriteUnits', maxWriteUnits);
  if (!MaxReadRequestUnits && !MaxWriteRequestUnits) return NO_VALUE;
  return {
    ...(MaxReadRequestUnits && { MaxReadRequestUnits }),
    ...(MaxWriteRequestUnits && { MaxWriteRequestUnits }),
  };
};

const MOST_DELAY_SECONDS = 900;

/** The longest that SQS holds messages back is 15 minutes. */
const delayOf = (parameter, value) => {
  const seconds = Number(value);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MOST_DELAY_SECONDS) return seconds;
  throw invalid(
    parameter,
    `must be a whole number of seconds from 0 to ${MOST_DELAY_SECONDS} and is "${value}"`,
  );
};

/**
 * Read in serverless.yml as `custom.stack`.
 * @see https://www.serverless.com/framework/docs/providers/aws/guide/variables#reference-properties-in-javascript-files
 */
module.exports = async ({ resolveVariable }) => {
  const param = (name) => resolveVariable(`param:${name}`);
  const retainData = String(await param('retainData')) === 'true';
  return {
    retainData,
    // What becomes of tables, bucket and user pool when the stack, or they themselves, are removed.
    deletionPolicy: retainData ? 'Retain' : 'Delete',
    userPoolProtection: retainData ? 'ACTIVE' : 'INACTIVE',
    tokens: tokensOf(await param('issuer'), await param('audience')),
    encryption: encryptionOf(keyArnOf(await param('customerKey'))),
    throughput: throughputOf(await param('maxReadUnits'), await param('maxWriteUnits')),
    corsOrigins: listOf(await param('corsOrigins')),
    alarmEmail: (await param('alarmEmail')) || undefined,
    reminderDelay: delayOf('reminderDelay', await param('reminderDelay')),
  };
};
