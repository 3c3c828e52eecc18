import { inFile, type Mutations } from './mutation.ts';

const delivery = inFile('engines/topic-delivery.ts');
const subscription = inFile('provisioning/sns-subscription.ts');
const inTopics = inFile('provisioning/topic-subscriptions.ts');
const deliveries = inFile('iam/deliveries.ts');
const policies = inFile('iam/template-policies.ts');
const events = inFile('asynchronous-invocation/event-queue.ts');

/** The body of `toFunction` begins so. */
const toFunction = 'const told = notification(published, numbered, topicArn, subscription.arn);';

export const functionsOfTopicsMutations: Mutations = {
  'a subscribed function gets the event of the documented shape': delivery(
    'SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL',
    'SigningCertURL, UnsubscribeURL',
  ),
  'without a subject and attributes the event has null and an empty object': delivery(
    'Subject = null, MessageAttributes = {}',
    "Subject = '', MessageAttributes = {}",
  ),
  'each message is an event of its own, those of a batch too': delivery(
    'const results = await Promise.all(entries.map(result));',
    'const results = await Promise.all(entries.slice(0, 1).map(result));',
  ),
  'a filter policy on attributes decides whether a function is invoked': delivery(
    `const out = keptOut(published, subscription, count);\n    if (out) return out;\n    ${toFunction}`,
    toFunction,
  ),
  'a filter policy on the body decides whether a function is invoked': delivery(
    "const scope: FilterPolicyScope = asked === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';",
    "const scope: FilterPolicyScope = asked === 'MessageBody' ? 'MessageAttributes' : 'MessageAttributes';",
  ),
  'a function that is gone is a client error: the message goes to the dead-letter queue': delivery(
    "return refuse({ code: 'ResourceNotFoundException', message: String(error) });",
    "return { outcome: 'failed', error: String(error) };",
  ),
  'what a function takes counts as delivered': delivery(
    "count('NumberOfNotificationsDelivered');\n      return { outcome: 'delivered', requestId };",
    "return { outcome: 'delivered', requestId };",
  ),
  'queues and functions of a topic all get the message': delivery(
    '{ sqs: toQueue, lambda: toFunction }',
    '{ lambda: toFunction }',
  ),
  "a function's failure is retried by Lambda and told to its destination; to SNS the message is delivered":
    events('if (event.invocations > configuration.maximumRetryAttempts)', 'if (event.invocations > 0)'),
  'raw message delivery to a function is refused': subscription(
    "wanted.RawMessageDelivery && wanted.Protocol === 'lambda'",
    "wanted.RawMessageDelivery && wanted.Protocol !== 'sqs' && wanted.Protocol !== 'lambda'",
  ),
  'subscriptions that stand inside a topic are made': inTopics('TopicArn: { Ref: logicalId }', ''),
  'a topic invokes a function only where a permission lets it': deliveries(
    "return whyNotTo(topicArn, 'lambda:InvokeFunction', functionArn, 'function');",
    'return undefined;',
  ),
  'a permission for another topic lets none else in': policies(
    "...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),",
    '',
  ),
};
