// The function event `postEvents` makes a subscriber: with a queue of its own, so that its failures touch no other
// subscriber, dead-letter queues, and a subscription to the topic.
const { secondsUntilRetry } = require('../../lib/platform/retries.json');

const DAY = 24 * 60 * 60;
// The first delivery, and one after each delay. AWS recommends at least 5, for deliveries that Lambda throttles.
const MAX_RECEIVE_COUNT = secondsUntilRetry.length + 1;

const SCHEMA = {
  type: 'object',
  properties: {
    // https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
    filterPolicy: { type: 'object', additionalProperties: { type: 'array' } },
    batchSize: { type: 'integer', minimum: 1, maximum: 10_000 },
    // For how many seconds a batch is gathered.
    batchingWindow: { type: 'integer', minimum: 0, maximum: 300 },
    // For how many seconds the queue holds each event back.
    delay: { type: 'integer', minimum: 0, maximum: 900 },
  },
  required: ['filterPolicy'],
  additionalProperties: false,
};

module.exports = class PostEvents {
  constructor(serverless) {
    this.service = serverless.service;
    serverless.configSchemaHandler.defineFunctionEvent('aws', 'postEvents', SCHEMA);
    this.hooks = { initialize: () => this.expandEvents() };
  }

  expandEvents() {
    const { functions, resources, provider, custom } = this.service;
    for (const [key, definition] of Object.entries(functions)) {
      const { postEvents } = definition.events.find((event) => event.postEvents) ?? {};
      if (!postEvents) continue;
      // Ten is the largest batch that needs no window.
      const subscriber = {
        batchSize: 10,
        batchingWindow: custom.stack.batchingWindow,
        delay: 0,
        ...postEvents,
      };
      const name = key.charAt(0).toUpperCase() + key.slice(1);
      readFromQueue(definition, `${name}Queue`, subscriber, custom.stack.concurrency);
      Object.assign(
        resources.Resources,
        resourcesOf(name, definition.timeout ?? provider.timeout, subscriber, custom.stack.encryption.queue),
      );
    }
  }
};

const arnOf = (logicalId) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const readFromQueue = (definition, queue, { batchSize, batchingWindow }, maximumConcurrency) => {
  definition.environment = { QUEUE_URL: { Ref: queue }, ...definition.environment };
  definition.iamRoleStatements = [
    ...(definition.iamRoleStatements ?? []),
    { Effect: 'Allow', Action: 'sqs:ChangeMessageVisibility', Resource: arnOf(queue) },
  ];
  definition.events.push({
    sqs: {
      arn: arnOf(queue),
      batchSize,
      maximumBatchingWindow: batchingWindow,
      // Bounds the load on whatever the function calls.
      maximumConcurrency,
      // One failed message does not make SQS deliver the others of its batch again.
      functionResponseType: 'ReportBatchItemFailures',
    },
  });
};

const resourcesOf = (name, timeout, { filterPolicy, batchingWindow, delay }, encryption) => {
  const queue = `${name}Queue`;
  const deadLetters = `${name}DeadLetterQueue`;
  const undelivered = `${name}UndeliveredQueue`;
  return {
    [queue]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        VisibilityTimeout: 6 * timeout + batchingWindow,
        MessageRetentionPeriod: 4 * DAY,
        RedrivePolicy: { deadLetterTargetArn: arnOf(deadLetters), maxReceiveCount: MAX_RECEIVE_COUNT },
        ...(delay > 0 && { DelaySeconds: delay }),
        ...encryption,
      },
    },
    [`${queue}Policy`]: queuePolicy(queue),
    // What the function failed at. It goes back by StartMessageMoveTask.
    [deadLetters]: deadLetterQueue(encryption),
    // What SNS could not deliver. StartMessageMoveTask cannot redrive messages that came from SNS.
    [undelivered]: deadLetterQueue(encryption),
    [`${undelivered}Policy`]: queuePolicy(undelivered),
    [`${name}Subscription`]: {
      Type: 'AWS::SNS::Subscription',
      // Until a policy exists SNS may not deliver, and it does not try again.
      DependsOn: [`${queue}Policy`, `${undelivered}Policy`],
      Properties: {
        TopicArn: { Ref: 'PostEventsTopic' },
        Protocol: 'sqs',
        Endpoint: arnOf(queue),
        // The message as it was published: consumers read one format, whether it was redriven or not.
        RawMessageDelivery: true,
        FilterPolicyScope: 'MessageAttributes',
        FilterPolicy: filterPolicy,
        RedrivePolicy: { deadLetterTargetArn: arnOf(undelivered) },
      },
    },
  };
};

/** With the longest retention there is: a message keeps the age that it comes with. */
const deadLetterQueue = (encryption) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { MessageRetentionPeriod: 14 * DAY, ...encryption },
});

/** Only the topic may send, and nobody over plain HTTP. SQS accepts no statement about two queues. */
const queuePolicy = (queue) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: queue }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'OnlyFromTheTopic',
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: arnOf(queue),
          Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'PostEventsTopic' } } },
        },
        {
          Sid: 'OnlyEncryptedTransport',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: arnOf(queue),
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  },
});
