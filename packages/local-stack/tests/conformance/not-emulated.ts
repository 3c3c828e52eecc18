/** What the local stack does not do as AWS does, or decides where AWS's documentation is silent. */
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
  { area: eventSources, what: 'Rights of the execution role on source and destination', here: 'not checked' },
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
    what: 'Whether a retry after a partial success counts, which AWS does not document',
    here: 'it counts, unless bisecting splits the batch there',
  },
  {
    area: streams,
    what: 'Bisecting when the reported record is the first of its batch, which AWS does not document',
    here: 'the batch is halved, as for an error',
  },
  {
    area: streams,
    what: 'How often an unreachable on-failure destination is tried, which AWS does not document',
    here: 'three times, then the records are dropped with an error in the log',
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
    what: 'Creation times finer than a second',
    here: 'the engine rounds down, so that ages may read up to a second high',
  },
  {
    area: streams,
    what: 'Lanes of a shard without bound',
    here: 'reading pauses at 20,000 unresolved records of a shard',
  },
  { area: queues, what: 'FIFO queues', here: 'refused' },
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
  { area: 'Identity and access', what: 'IAM policies', here: 'not enforced: everything local is allowed' },
  {
    area: 'Function runtime',
    what: 'Freezing an environment between invocations',
    here: 'it goes on running',
  },
  {
    area: 'Function runtime',
    what: 'Memory of a function',
    here: 'the heap of V8 is bounded; buffers are not, and a native crash would end the stack',
  },
  {
    area: 'Function runtime',
    what: 'Extensions, response streaming, SnapStart, destinations of asynchronous invocations',
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
    what: 'Custom domains, mutual TLS, VPC links',
    here: 'not there',
  },
  {
    area: 'Identity and access',
    what: 'Cognito',
    here: 'a local issuer of RS256 tokens for any user name, without passwords',
  },
  {
    area: 'Identity and access',
    what: 'Queue, topic and bucket policies, encryption keys',
    here: 'not looked at',
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
    area: 'Tables',
    what: 'Capacity, throttling, backups, TTL deletion',
    here: 'no limits, no backups; expired items go when the engine sweeps',
  },
  {
    area: 'Topics',
    what: 'Subscriptions other than queues, delivery retries, data protection',
    here: 'refused, or not there',
  },
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
