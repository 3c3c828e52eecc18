import type { Clock } from '../../clock.ts';
import { createBell } from '../bell.ts';
import { envelopeBytes, maximumPayloadBytes } from '../context.ts';
import type { PendingRecord } from './record.ts';

/** The waiting records of one lane, and the batches made of them. */
export interface Lane {
  push(record: PendingRecord): void;
  /** Waits for the next batch; `undefined` when stopped. */
  next(stop: AbortSignal): Promise<PendingRecord[] | undefined>;
  waiting(): number;
}

/**
 * A batch is sent when it holds `batchSize` records, when the next record would take it over 6 MB, or when its
 * oldest record has waited for the batching window.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
 */
export function createLane(clock: Clock, batchSize: number, windowMs: number): Lane {
  let records: PendingRecord[] = [];
  const bell = createBell(clock);

  /** How many of the waiting records fit in one batch, and whether it cannot grow any more. */
  function fitting(): { count: number; full: boolean } {
    let bytes = envelopeBytes;
    let count = 0;
    for (const record of records) {
      if (count === batchSize) return { count, full: true };
      bytes += record.bytes + (count === 0 ? 0 : 1);
      if (bytes > maximumPayloadBytes && count > 0) return { count, full: true };
      count += 1;
    }
    return { count, full: count === batchSize };
  }

  return {
    push(record) {
      records.push(record);
      bell.ring();
    },
    async next(stop) {
      while (!stop.aborted) {
        const [oldest] = records;
        if (oldest) {
          const { count, full } = fitting();
          const left = oldest.queuedAt + windowMs - clock.now();
          if (full || left <= 0) {
            const batch = records.slice(0, count);
            records = records.slice(count);
            return batch;
          }
          await bell.wait(left, stop);
        } else {
          await bell.wait(Number.POSITIVE_INFINITY, stop);
        }
      }
      return undefined;
    },
    waiting: () => records.length,
  };
}
