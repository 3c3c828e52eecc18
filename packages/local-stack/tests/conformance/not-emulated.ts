/** What the local stack does not do as AWS does. */
export interface Difference {
  readonly area: string;
  readonly what: string;
  /** What happens here instead. */
  readonly here: string;
}

const eventSources = 'Event source mappings';
const streams = 'Streams';
const queues = 'Queues';

/** Other rooms add theirs here. */
export const notEmulated: readonly Difference[] = [
  { area: eventSources, what: 'Kinesis, Kafka, Amazon MQ and DocumentDB sources', here: 'refused by name' },
  {
    area: eventSources,
    what: 'The Lambda API for mappings (create, update, list, states)',
    here: 'mappings come from the template; Enabled can be switched',
  },
  {
    area: eventSources,
    what: 'Rights of the execution role while a mapping runs',
    here: 'judged when the mapping starts; policies do not change meanwhile',
  },
  { area: eventSources, what: 'Encryption of filter criteria (KmsKeyArn)', here: 'accepted, without effect' },
  {
    area: eventSources,
    what: 'More than five filters only after a quota increase',
    here: 'up to ten are accepted',
  },
  {
    area: eventSources,
    what: 'Metric values of zero',
    here: 'only PolledEventCount, twice a minute; the others are not emitted',
  },
  {
    area: eventSources,
    what: 'The operator wildcard, which EventBridge has and the Lambda guide does not list',
    here: 'refused',
  },
  { area: streams, what: 'Tumbling windows', here: 'refused' },
  {
    area: streams,
    what: 'The pace of retries, which AWS does not document',
    here: '250 ms, doubling up to 30 s; splits are tried at once',
  },
  {
    area: streams,
    what: 'How often an unreachable on-failure destination is tried, which AWS does not document',
    here: 'three times, then the records count as dropped',
  },
  {
    area: streams,
    what: 'Four polls a second',
    here: 'faster while there is work, on writes of the database file while idle',
  },
  { area: streams, what: 'Limits of a shard: 2 readers, 5 reads a second', here: 'not enforced' },
  {
    area: streams,
    what: 'Trimming after 24 hours',
    here: 'records older than that are passed over; the engine keeps them',
  },
  {
    area: streams,
    what: 'Splitting shards',
    here: 'followed, but the embedded engine has one shard a table',
  },
  {
    area: streams,
    what: 'Lanes of a shard without bound',
    here: 'reading pauses at 20,000 unresolved records of a shard',
  },
  {
    area: streams,
    what: 'No stream record for a write that changes nothing, on streams without both images',
    here: 'the engine writes one, and only both images show that nothing changed; code that reads the stream itself sees it',
  },
  {
    area: streams,
    what: 'The number of invocations in a record of several neighbours, which AWS does not document',
    here: 'the highest of any of them',
  },
  {
    area: queues,
    what: 'Up to 20 seconds of waiting on a queue with a batching window and little traffic',
    here: 'the window is kept as it is written',
  },
  {
    area: queues,
    what: 'Errors of single entries in ChangeMessageVisibilityBatch beyond 12 hours',
    here: 'the whole call is refused',
  },
  {
    area: queues,
    what: 'ChangeMessageVisibility of a message whose visibility timeout is over',
    here: 'refused as not in flight',
  },
  {
    area: queues,
    what: 'A receipt handle, and the time of the move to a dead-letter queue, after a restart of the service',
    here: 'both are forgotten: the age then counts from the sending',
  },
  { area: queues, what: 'DeadLetterQueueSourceArn of a received message', here: 'not there' },
  {
    area: queues,
    what: 'The pace and cancelling of a message move task',
    here: 'all messages move at once, and there is nothing to cancel',
  },
  {
    area: queues,
    what: 'RedriveAllowPolicy, encryption, message timers of single messages in a move',
    here: 'without effect',
  },
  {
    area: queues,
    what: 'Metrics of SQS other than the three depths and the age, and fair-queue metrics',
    here: 'not emitted',
  },
  {
    area: queues,
    what: 'The deduplication window of a FIFO queue or topic after a restart of the stack, ReceiveRequestAttemptId, the throughput of FIFO queues and topics',
    here: 'the window begins anew; the others have no effect',
  },
  { area: queues, what: 'Provisioned pollers', here: 'refused' },
  {
    area: queues,
    what: 'Refusing a mapping whose queue hides messages for less than the function timeout',
    here: 'not checked',
  },
  {
    area: queues,
    what: 'How fast concurrency falls on errors, which AWS does not document',
    here: 'by one batch an error, back by one a success',
  },
  { area: queues, what: 'Receives of 20 seconds', here: '2 seconds, so that a stop is quick' },
  {
    area: 'Identity and access',
    what: 'Service control policies, session policies, policies that are set while the stack runs',
    here: 'not there: what counts is in the template',
  },
  {
    area: 'Identity and access',
    what: 'Lambda permissions of HTTP APIs, and rights to deploy and to log',
    here: 'not looked at',
  },
  {
    area: 'Identity and access',
    what: 'aws:SourceIp, tags of resources and of requests as condition keys of resources',
    here: 'not known: a condition on them denies',
  },
  {
    area: 'Identity and access',
    what: 'DeleteObjects refuses key by key',
    here: 'the call is refused when one of its keys is',
  },
  {
    area: 'Function runtime',
    what: 'Freezing an environment between invocations',
    here: 'it goes on running',
  },
  {
    area: 'Function runtime',
    what: 'An initialization that fails begins again at the invocation',
    here: 'only one that takes too long does; one that fails is the result of the invocation',
  },
  {
    area: 'Function runtime',
    what: 'Only /tmp may be written to, 512 MB of it (EphemeralStorage)',
    here: 'a function may write wherever the user who started the stack may',
  },
  {
    area: 'Function runtime',
    what: 'Recursive loops through SQS, SNS, S3 and Lambda stop after about 16 invocations',
    here: 'they go on; RecursiveLoop has no effect',
  },
  {
    area: 'Function runtime',
    what: 'The limit of the environment variables, to the byte',
    here: 'local addresses and names are shorter or longer than those on AWS',
  },
  {
    area: 'Function runtime',
    what: 'Provisioned concurrency, the rate at which concurrency scales, burst of an account',
    here: 'without effect; 1,000 at a time for all functions together',
  },
  {
    area: 'Function runtime',
    what: 'Metrics of provisioned concurrency and of recursion',
    here: 'not emitted',
  },
  {
    area: 'Function runtime',
    what: 'VPC, file systems, layers, container images, tracing by X-Ray',
    here: 'refused, or without effect',
  },
  {
    area: 'Function runtime',
    what: 'Memory of a function',
    here: 'the heap of V8 is bounded; buffers are not, and a native crash would end the stack',
  },
  {
    area: 'Function runtime',
    what: 'Extensions, response streaming, SnapStart',
    here: 'not there',
  },
  {
    area: 'Function runtime',
    what: 'The time zone of TZ',
    here: 'the variable is seen, the clock is the one of the machine',
  },
  {
    area: 'Function runtime',
    what: 'arm64',
    here: 'the bundles run on the processor of the machine',
  },
  {
    area: 'Asynchronous invocation',
    what: 'An event may come twice, or be lost in a long queue',
    here: 'twice after a kill only; lost never',
  },
  {
    area: 'Asynchronous invocation',
    what: 'Longer and longer waits when the queue holds many events',
    here: 'those of each event alone',
  },
  {
    area: 'Asynchronous invocation',
    what: 'Settings of a version or an alias of its own',
    here: 'those of the function, whichever names it',
  },
  {
    area: 'EventBridge',
    what: 'Archives and replays, API destinations, connections, pipes, schemas, global endpoints, partner buses',
    here: 'refused by name',
  },
  {
    area: 'EventBridge',
    what: 'Targets other than functions and queues; Scheduler’s universal targets',
    here: 'refused by name',
  },
  {
    area: 'EventBridge',
    what: 'Every operation but PutEvents; the API of Scheduler',
    here: 'not there: rules and schedules come from the template',
  },
  {
    area: 'EventBridge',
    what: 'Events of AWS services on the default bus',
    here: 'none but those of scheduled rules and destinations of functions',
  },
  {
    area: 'EventBridge',
    what: 'A delivery may come twice or late; retries survive everything',
    here: 'once, at once; retries of a target that is away are forgotten by a restart',
  },
  {
    area: 'EventBridge',
    what: 'The pace of retries to targets, which AWS does not document',
    here: 'one second, doubling up to five minutes',
  },
  {
    area: 'Schedules',
    what: 'Rates count from when the rule or schedule was made',
    here: 'from the start of the stack; what was due while it was stopped does not fire',
  },
  {
    area: 'Schedules',
    what: 'Flexible time windows, precision of a minute',
    here: 'at the second that is written',
  },
  {
    area: 'Schedules',
    what: 'ActionAfterCompletion, KmsKeyArn',
    here: 'without effect',
  },
  {
    area: 'HTTP API',
    what: 'Only Lambda proxy integrations, payload 2.0, JWT authorizers',
    here: 'others are refused when the stack starts',
  },
  {
    area: 'HTTP API',
    what: 'The order of throttling and authorization, which AWS does not document',
    here: 'throttling comes first',
  },
  {
    area: 'HTTP API',
    what: 'Custom domains, mutual TLS, VPC links, WebSocket APIs, REST APIs',
    here: 'not there',
  },
  {
    area: 'HTTP API',
    what: 'Throttling of the account, and quotas on the number of routes, stages and integrations',
    here: 'not enforced',
  },
  {
    area: 'Identity and access',
    what: 'Cognito',
    here: 'a local issuer of RS256 tokens for any user name, without passwords',
  },
  {
    area: 'Alarms',
    what: 'Anomaly detection, SEARCH, FILL(LINEAR), suppressors of composite alarms',
    here: 'refused by name',
  },
  {
    area: 'Alarms',
    what: 'Notifications to the alarm topic',
    here: 'state changes are printed and kept in alarms.log',
  },
  {
    area: 'Alarms',
    what: 'Metrics of DynamoDB, S3, OpenSearch and every other service',
    here: 'emitted are those of Lambda, SQS, SNS and HTTP APIs that this page names, and what functions log: alarms on others never fire, and are named when the stack starts',
  },
  {
    area: 'Alarms',
    what: 'Alarms over several accounts or regions, on Metrics Insights queries, on logs',
    here: 'refused',
  },
  { area: 'Alarms', what: 'Data older than a day', here: 'forgotten; a restart forgets all' },
  {
    area: 'Tables',
    what: 'Global tables, PartiQL transactions over regions, exports, Kinesis streams of a table',
    here: 'not there',
  },
  {
    area: 'Buckets',
    what: 'Lifecycle rules, versioning, object lock, replication',
    here: 'without effect',
  },
  {
    area: 'Parameters',
    what: 'Parameter Store at run time (GetParameter), variables of s3, and every other question of the framework to an account',
    here: 'functions have no endpoint for it; a variable that is not of ssm, cf or aws is refused by name',
  },
  {
    area: 'Buckets',
    what: 'Notifications of restores, tags, replication, form posts and lifecycle rules, and to EventBridge',
    here: 'refused by name; a form post is told of as ObjectCreated:Put',
  },
  {
    area: 'Buckets',
    what: 's3:TestEvent, overlapping filters that S3 refuses, more than one delivery, a notification that a crash cut off',
    here: 'no test event, every filter that matches is told, once; what a crash cuts off is lost',
  },
  { area: 'Secrets', what: 'Rotation, versions, every operation but GetSecretValue', here: 'not there' },
  {
    area: 'Tables',
    what: 'Capacity, throttling, backups, TTL deletion',
    here: 'no limits, no backups; expired items stay, and the start names their tables',
  },
  {
    area: 'Topics',
    what: 'Subscriptions other than queues and functions, archive and replay of FIFO topics, data protection, MessageStructure json',
    here: 'refused, or not there',
  },
  {
    area: 'Topics',
    what: 'Retries of a delivery after server errors, for up to 23 days',
    here: 'the local queues have no server errors',
  },
  {
    area: 'Topics',
    what: 'A change of a filter policy takes effect after up to 15 minutes',
    here: 'at once',
  },
  {
    area: 'Topics',
    what: 'At most 200 filter policies of a topic, accuracy of five decimal places',
    here: 'not enforced',
  },
  { area: 'Topics', what: 'Signatures of notifications', here: 'the field is there and signs nothing' },
  {
    area: 'Rehearsal on MiniStack',
    what: 'Failures, retries, rights',
    here: 'nothing is claimed: it shows that the stack deploys and flows',
  },
  {
    area: 'Rehearsal on MiniStack',
    what: 'Saved queries and the X-Ray policy',
    here: 'left out of the copy that is deployed',
  },
  {
    area: 'Rehearsal on MiniStack',
    what: 'The composite alarm and the issuer of the user pool',
    here: 'an ordinary alarm; the issuer is written out',
  },
];
