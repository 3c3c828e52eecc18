const account = { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root` };

// A service may use the key only for resources of this account.
const ofThisAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };

const keyOf = ({ deletionPolicy }) => ({
  Type: 'AWS::KMS::Key',
  DeletionPolicy: deletionPolicy,
  UpdateReplacePolicy: deletionPolicy,
  Properties: {
    Description: { 'Fn::Sub': `Tables, queues, topics, bucket and secrets of \${AWS::StackName}` },
    EnableKeyRotation: true,
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          // Hands the decision to IAM: without it nobody could manage the key, nor could the functions' roles use it.
          Sid: 'AccountDecidesByIam',
          Effect: 'Allow',
          Principal: { AWS: account },
          Action: 'kms:*',
          Resource: '*',
        },
        {
          // SNS writes to the queues, and to the dead-letter queues of its subscriptions.
          // https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
          Sid: 'TopicDeliversToQueues',
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          Resource: '*',
          Condition: ofThisAccount,
        },
        {
          // https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
          Sid: 'AlarmsPublish',
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          Resource: '*',
          Condition: ofThisAccount,
        },
      ],
    },
  },
});

/** The customer key, when the parameter `customerKey` is "create". */
module.exports = async ({ resolveVariable }) => {
  if ((await resolveVariable('param:customerKey')) !== 'create') return { Resources: {} };
  return { Resources: { CustomerKey: keyOf(await resolveVariable('self:custom.stack')) } };
};
