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
];
