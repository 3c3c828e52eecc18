import type { Clock } from '../../../src/clock.ts';
import type {
  Item,
  Shard,
  ShardPosition,
  StreamRecord,
  StreamSource,
} from '../../../src/event-source-mappings/index.ts';

/** DynamoDB Streams in memory, with shards that can split, close and be trimmed. */
export interface MemoryStream extends StreamSource {
  addShard(shardId: string, parentShardId?: string): void;
  /** Appends a change; answers its sequence number. */
  put(change: Partial<Change>): string;
  closeShard(shardId: string): void;
  /** As after 24 hours: the oldest `count` records of the shard are gone. */
  trim(shardId: string, count: number): void;
  /** Every iterator handed out so far answers ExpiredIteratorException. */
  expireIterators(): void;
  /** The next calls of `records` fail. */
  failReads(times: number): void;
  readonly reads: number;
}

export interface Change {
  readonly shardId: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly keys: Item;
  readonly newImage: Item;
  readonly createdAt: number;
}

interface State {
  readonly shard: Shard;
  readonly records: StreamRecord[];
  trimmed: number;
  closed: boolean;
}

class ServiceError extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

export function createMemoryStream(clock: Clock): MemoryStream {
  const shards = new Map<string, State>();
  // As long as the real ones, so that nobody compares them as numbers or text.
  let sequence = 99_999_999_999_999_999_990n;
  let generation = 0;
  let failures = 0;
  let reads = 0;

  const find = (shardId: string): State => {
    const found = shards.get(shardId);
    if (!found) throw new ServiceError('ResourceNotFoundException');
    return found;
  };

  return {
    get reads() {
      return reads;
    },
    addShard(shardId, parentShardId) {
      const shard = { shardId, ...(parentShardId && { parentShardId }) };
      shards.set(shardId, { shard, records: [], trimmed: 0, closed: false });
    },
    put({ shardId = 'shard-1', eventName = 'INSERT', keys, newImage, createdAt = clock.now() }) {
      sequence += 1n;
      const sequenceNumber = String(sequence);
      const Keys = keys ?? { pk: { S: `item-${sequenceNumber}` } };
      find(shardId).records.push({
        createdAt,
        sequenceNumber,
        body: {
          eventID: `event-${sequenceNumber}`,
          eventName,
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: 'eu-central-1',
          dynamodb: {
            ApproximateCreationDateTime: Math.floor(createdAt / 1000),
            Keys,
            NewImage: { ...Keys, ...newImage },
            SequenceNumber: sequenceNumber,
            SizeBytes: 26,
            StreamViewType: 'NEW_AND_OLD_IMAGES',
          },
        },
      });
      return sequenceNumber;
    },
    closeShard(shardId) {
      find(shardId).closed = true;
    },
    trim(shardId, count) {
      find(shardId).trimmed += count;
    },
    expireIterators() {
      generation += 1;
    },
    failReads(times) {
      failures = times;
    },
    shards: async () => [...shards.values()].map(({ shard }) => shard),
    async iterator(_streamArn, shardId, position: ShardPosition) {
      const { records, trimmed } = find(shardId);
      if (position.type === 'TRIM_HORIZON') return JSON.stringify([shardId, trimmed, generation]);
      const { sequenceNumber } = position;
      const at = records.findIndex((record) => BigInt(record.sequenceNumber) > BigInt(sequenceNumber));
      const index = at === -1 ? records.length : at;
      if (index < trimmed) throw new ServiceError('TrimmedDataAccessException');
      return JSON.stringify([shardId, index, generation]);
    },
    async records(iterator, limit) {
      reads += 1;
      if (failures > 0) {
        failures -= 1;
        throw new ServiceError('InternalServerError');
      }
      const [shardId, index, made]: [string, number, number] = JSON.parse(iterator);
      if (made !== generation) throw new ServiceError('ExpiredIteratorException');
      const { records, trimmed, closed } = find(shardId);
      if (index < trimmed) throw new ServiceError('TrimmedDataAccessException');
      const page = records.slice(index, index + limit);
      const end = index + page.length;
      const next = closed && end === records.length ? undefined : JSON.stringify([shardId, end, generation]);
      return { records: page, ...(next !== undefined && { next }) };
    },
  };
}
