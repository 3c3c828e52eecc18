// The parameters and what they mean in CloudFormation. The configuration reads them as `self:custom.stack` only.
const { invalidParameters, parameterNames, parseParameters } = require('./parameters.js');

const NO_VALUE = { Ref: 'AWS::NoValue' };

/** Whose tokens the API accepts: those of the stack's own user pool, unless an issuer is given. */
const tokensOf = ({ issuer, audience }) => ({
  issuer: issuer ?? { 'Fn::GetAtt': ['UserPool', 'ProviderURL'] },
  audience: audience ?? { Ref: 'UserPoolClient' },
});

/** What each kind of resource is encrypted with: AWS's own keys, which cost nothing, or the customer's. */
const encryptionOf = (keyArn) => ({
  keyArn,
  table: keyArn ? { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn } : NO_VALUE,
  // SNS cannot deliver to a queue under alias/aws/sqs, whose policy nobody can change. SSE-SQS has no such limit.
  queue: keyArn ? { KmsMasterKeyId: keyArn } : { SqsManagedSseEnabled: true },
  topicKey: keyArn ?? 'alias/aws/sns',
  // CloudWatch cannot publish under alias/aws/sns, and alarms hold nothing that users wrote.
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

/** Without a maximum, the account's quota holds. */
const throughputOf = ({ maxReadUnits, maxWriteUnits }) => {
  if (!maxReadUnits && !maxWriteUnits) return NO_VALUE;
  return {
    ...(maxReadUnits && { MaxReadRequestUnits: maxReadUnits }),
    ...(maxWriteUnits && { MaxWriteRequestUnits: maxWriteUnits }),
  };
};

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
// Neither action knows a narrower resource.
const TRACING = {
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
};

/**
 * The use of resources under a customer key.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const useOf = (keyArn) => ({
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  Resource: keyArn,
  Condition: {
    StringEquals: {
      'kms:ViaService': ['dynamodb', 's3', 'secretsmanager', 'sns', 'sqs'].map((service) => ({
        'Fn::Sub': `${service}.\${AWS::Region}.amazonaws.com`,
      })),
    },
  },
});

const onOrOff = (isOn) => (isOn ? 'on' : 'off');

/** Of all parameters: by `--param`, for the stage, or by default. @throws when one is given twice */
const givenValues = async ({ options, resolveVariable, resolveConfigurationProperty }) => {
  const blocks = await resolveConfigurationProperty(['params']);
  const onCommandLine = (options.param ?? []).map((text) => text.split('=', 1)[0]);
  const twice = onCommandLine.find((name, index) => onCommandLine.indexOf(name) < index);
  if (twice) throw invalidParameters([`${twice} is given twice`]);
  // The parser refuses what is not among the known names, whatever its value.
  const values = new Map(
    [...onCommandLine, ...Object.values(blocks).flatMap(Object.keys)].map((name) => [name, '']),
  );
  for (const name of parameterNames) values.set(name, await resolveVariable(`param:${name}`));
  values.set('stage', await resolveVariable('sls:stage'));
  return Object.fromEntries(values);
};

module.exports = async (variables) => {
  const parameters = parseParameters(await givenValues(variables), {
    service: await variables.resolveVariable('self:service'),
    region: await variables.resolveVariable('self:provider.region'),
  });
  const { retainData, customerKey, issuer, alarmEmail, tracing } = parameters;
  const keyArn = customerKey === 'create' ? { 'Fn::GetAtt': ['CustomerKey', 'Arn'] } : customerKey;
  return {
    ...parameters,
    // A first deploy that rolls back leaves nothing behind.
    deletionPolicy: retainData ? 'RetainExceptOnCreate' : 'Delete',
    updateReplacePolicy: retainData ? 'Retain' : 'Delete',
    userPoolProtection: retainData ? 'ACTIVE' : 'INACTIVE',
    userPool: onOrOff(!issuer),
    createKey: onOrOff(customerKey === 'create'),
    tokens: tokensOf(parameters),
    encryption: encryptionOf(keyArn),
    throughput: throughputOf(parameters),
    searchReservedConcurrency: parameters.searchReservedConcurrency ?? NO_VALUE,
    alarmSubscription: alarmEmail ? [{ Protocol: 'email', Endpoint: alarmEmail }] : NO_VALUE,
    // What every function may do in addition to its own statements.
    roleStatements: [...(tracing === 'Active' ? [TRACING] : []), ...(keyArn ? [useOf(keyArn)] : [])],
  };
};
