// A subscriber is a function whose folder holds a filter policy. Each gets a queue of its own in front of it, the
// queue's dead-letter queue and a subscription to the topic, so that one subscriber's failure never touches another.
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { parse } = require('yaml');

const FOURTEEN_DAYS = 14 * 24 * 60 * 60;
const FOUR_DAYS = 4 * 24 * 60 * 60;
// AWS recommends at least 5, so that throttled deliveries do not end in the dead-letter queue.
const MAX_RECEIVE_COUNT = 5;

const capitalized = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * AWS asks for at least six times the function's timeout plus the batching window.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const visibilityTimeout = (timeout, batchingWindow) => 6 * timeout + batchingWindow;

const resourcesOf = (functionKey, { timeout, batchingWindow, filterPolicy }) => {
  const name = capitalized(functionKey);
  const queue = `${name}Queue`;
  const deadLetterQueue = `${name}DeadLetterQueue`;
  return {
    [queue]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: visibilityTimeout(timeout, batchingWindow),
        MessageRetentionPeriod: FOUR_DAYS,
        SqsManagedSseEnabled: true,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': [deadLetterQueue, 'Arn'] },
          maxReceiveCount: MAX_RECEIVE_COUNT,
        },
      },
    },
    [deadLetterQueue]: {
      Type: 'AWS::SQS::Queue',
      Properties: { MessageRetentionPeriod: FOURTEEN_DAYS, SqsManagedSseEnabled: true },
    },
    [`${queue}Policy`]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: queue }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
              Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'PostEventsTopic' } } },
            },
          ],
        },
      },
    },
    [`${name}Subscription`]: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'PostEventsTopic' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': [queue, 'Arn'] },
        RawMessageDelivery: true,
        FilterPolicyScope: 'MessageAttributes',
        FilterPolicy: filterPolicy,
      },
    },
  };
};

const subscriberOf = (definition, defaultTimeout) => {
  const policyFile = join(__dirname, '..', dirname(definition.handler), 'filter-policy.yml');
  if (!existsSync(policyFile)) return undefined;
  const { sqs } = definition.events.find((event) => event.sqs) ?? {};
  if (!sqs) throw new Error(`${definition.handler} has a filter policy but no sqs event`);
  return {
    timeout: definition.timeout ?? defaultTimeout,
    batchingWindow: sqs.maximumBatchingWindow ?? 0,
    filterPolicy: parse(readFileSync(policyFile, 'utf8')),
  };
};

/**
 * The queues and subscriptions of every subscriber among the service's functions.
 * @see https://www.serverless.com/framework/docs/providers/aws/guide/variables#reference-properties-in-javascript-files
 */
module.exports = async ({ resolveConfigurationProperty }) => {
  const included = await resolveConfigurationProperty(['functions']);
  const { timeout } = await resolveConfigurationProperty(['provider']);
  const functions = Object.assign({}, ...[included].flat());
  const resources = {};
  for (const [functionKey, definition] of Object.entries(functions)) {
    const subscriber = subscriberOf(definition, timeout);
    if (subscriber) Object.assign(resources, resourcesOf(functionKey, subscriber));
  }
  return { Resources: resources };
};
