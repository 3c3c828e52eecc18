// A subscriber is a function whose folder holds a filter policy. Each gets a queue of its own in front of it, the
// queue's dead-letter queue and a subscription to the topic, so that one subscriber's failure never touches another.
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { parse } = require('yaml');
const { secondsUntilRetry } = require('../lib/platform/retries.json');

const FOURTEEN_DAYS = 14 * 24 * 60 * 60;
const FOUR_DAYS = 4 * 24 * 60 * 60;
// Once, and once after each of the waits that the consumer asks for. AWS recommends at least 5, so that throttled
// deliveries do not end in the dead-letter queue.
const MAX_RECEIVE_COUNT = secondsUntilRetry.length + 1;

const capitalized = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const arnOf = (logicalId) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/**
 * AWS asks for at least six times the function's timeout plus the batching window.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const visibilityTimeout = (timeout, batchingWindow) => 6 * timeout + batchingWindow;

const deadLetterQueue = (encryption) => ({
  Type: 'AWS::SQS::Queue',
  // The longest there is. A message keeps the age it came with, so four days of these may be gone already.
  Properties: { MessageRetentionPeriod: FOURTEEN_DAYS, ...encryption },
});

/** Only the topic may send, and nobody over plain HTTP. */
const queuePolicy = (queues) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: queues.map((queue) => ({ Ref: queue })),
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'OnlyFromTheTopic',
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: queues.map(arnOf),
          Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'PostEventsTopic' } } },
        },
        {
          Sid: 'OnlyEncryptedTransport',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: queues.map(arnOf),
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  },
});

const resourcesOf = (functionKey, { timeout, batchingWindow, filterPolicy }, encryption) => {
  const name = capitalized(functionKey);
  const queue = `${name}Queue`;
  const failed = `${name}DeadLetterQueue`;
  const undelivered = `${name}UndeliveredQueue`;
  return {
    [queue]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: visibilityTimeout(timeout, batchingWindow),
        MessageRetentionPeriod: FOUR_DAYS,
        RedrivePolicy: { deadLetterTargetArn: arnOf(failed), maxReceiveCount: MAX_RECEIVE_COUNT },
        ...encryption,
      },
    },
    // What the function failed at: goes back by StartMessageMoveTask.
    [failed]: deadLetterQueue(encryption),
    // What SNS could not deliver to the queue. A queue of its own, since StartMessageMoveTask knows no way back for
    // messages that came from SNS.
    [undelivered]: deadLetterQueue(encryption),
    [`${queue}Policy`]: queuePolicy([queue, undelivered]),
    [`${name}Subscription`]: {
      Type: 'AWS::SNS::Subscription',
      // Before the policy exists SNS may not deliver, and gives up at once on what it may not deliver.
      DependsOn: `${queue}Policy`,
      Properties: {
        TopicArn: { Ref: 'PostEventsTopic' },
        Protocol: 'sqs',
        Endpoint: arnOf(queue),
        // The message as it was published: consumers read one format, redriven by hand or not.
        RawMessageDelivery: true,
        FilterPolicyScope: 'MessageAttributes',
        FilterPolicy: filterPolicy,
        RedrivePolicy: { deadLetterTargetArn: arnOf(undelivered) },
      },
    },
  };
};

/**
 * What the framework cannot say of a queue's event source mapping: counts of what it polled, failed and deleted. A
 * batch that fails in part raises no function error, so nothing else would show it.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
const extensionsOf = (functionKey) => {
  const name = capitalized(functionKey);
  return {
    [`${name}EventSourceMappingSQS${name}Queue`]: {
      Properties: { MetricsConfig: { Metrics: ['EventCount'] } },
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
module.exports = async ({ resolveConfigurationProperty, resolveVariable }) => {
  const included = await resolveConfigurationProperty(['functions']);
  const { timeout } = await resolveConfigurationProperty(['provider']);
  const { queue: encryption } = await resolveVariable('self:custom.stack.encryption');
  const functions = Object.assign({}, ...[included].flat());
  const resources = {};
  const extensions = {};
  for (const [functionKey, definition] of Object.entries(functions)) {
    const subscriber = subscriberOf(definition, timeout);
    if (!subscriber) continue;
    Object.assign(resources, resourcesOf(functionKey, subscriber, encryption));
    Object.assign(extensions, extensionsOf(functionKey));
  }
  return { Resources: resources, extensions };
};
