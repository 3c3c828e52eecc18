/** Where every alarm goes; by the parameter `alarmEmail` also to somebody, who has to confirm it once. */
module.exports = async ({ resolveVariable }) => {
  const { alarmEmail, encryption } = await resolveVariable('self:custom.stack');
  return {
    Resources: {
      AlarmsTopic: {
        Type: 'AWS::SNS::Topic',
        Properties: {
          KmsMasterKeyId: encryption.alarmsTopicKey,
          ...(alarmEmail && { Subscription: [{ Protocol: 'email', Endpoint: alarmEmail }] }),
        },
      },
      AlarmsTopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [{ Ref: 'AlarmsTopic' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'AlarmsOfThisAccount',
                Effect: 'Allow',
                Principal: { Service: 'cloudwatch.amazonaws.com' },
                Action: 'sns:Publish',
                Resource: { Ref: 'AlarmsTopic' },
                Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
              },
              {
                Sid: 'OnlyEncryptedTransport',
                Effect: 'Deny',
                Principal: '*',
                Action: 'sns:Publish',
                Resource: { Ref: 'AlarmsTopic' },
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      },
    },
    Outputs: { AlarmsTopicArn: { Value: { Ref: 'AlarmsTopic' } } },
  };
};
