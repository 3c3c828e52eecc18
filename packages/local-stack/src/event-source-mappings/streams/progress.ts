import type { ShardCheckpoint } from '../ports.ts';
import { compareSequence, earlierSequence, laterSequence } from './sequence.ts';

/** Knows what of one shard is resolved. Only what is resolved ever shows in a snapshot. */
export interface Progress {
  /** Where reading begins: everything up to here is resolved in every lane. */
  readonly startAfter: string | null;
  /** Whether the lane had already resolved this record before a restart. */
  isResolved(lane: number, sequenceNumber: string): boolean;
  /** A record entered a lane. */
  add(lane: number): void;
  /** The reader has handed out everything up to here. */
  readThrough(sequenceNumber: string): void;
  /** The oldest `count` unresolved records of a lane are resolved, up to `sequenceNumber`. */
  resolve(lane: number, count: number, sequenceNumber: string): void;
  finish(): void;
  /** Records in lanes and not resolved. */
  pending(): number;
  snapshot(): ShardCheckpoint;
}

/**
 * `restored` is what an earlier run saved. When it had another number of lanes, items have moved between lanes
 * and only what all of them had reached counts.
 */
export function createProgress(lanes: number, restored: ShardCheckpoint | undefined): Progress {
  const lowest = (restored?.lanes ?? [null]).reduce((low, lane) => earlierSequence(low, lane));
  const kept = restored?.lanes.length === lanes ? restored.lanes : undefined;
  const state = Array.from({ length: lanes }, (_, lane) => ({
    through: kept ? (kept[lane] ?? null) : lowest,
    pending: 0,
  }));
  let read = lowest;
  let done = restored?.done ?? false;

  const at = (lane: number) => {
    const found = state[lane];
    if (!found) throw new RangeError(`There is no lane ${lane}`);
    return found;
  };

  return {
    startAfter: lowest,
    isResolved(lane, sequenceNumber) {
      const { through } = at(lane);
      return through !== null && compareSequence(sequenceNumber, through) <= 0;
    },
    add(lane) {
      at(lane).pending += 1;
    },
    readThrough(sequenceNumber) {
      read = sequenceNumber;
    },
    resolve(lane, count, sequenceNumber) {
      const found = at(lane);
      found.pending -= count;
      found.through = sequenceNumber;
    },
    finish() {
      done = true;
    },
    pending: () => state.reduce((sum, lane) => sum + lane.pending, 0),
    snapshot: () => ({
      lanes: state.map((lane) => (lane.pending === 0 ? laterSequence(read, lane.through) : lane.through)),
      done,
    }),
  };
}
