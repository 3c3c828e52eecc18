import { backoffDelay } from '../backoff.ts';
import { errorMessage, type MappingContext } from '../context.ts';
import type { StreamMapping } from '../mapping.ts';
import type { StreamRecord, StreamSource } from '../ports.ts';
import { compareSequence } from './sequence.ts';

/** One answer of GetRecords. */
export interface Page {
  /** Records after the last page's, oldest first. */
  readonly records: readonly StreamRecord[];
  /** The page was as long as pages get: more is waiting. */
  readonly full: boolean;
  /** The shard is closed and there is nothing after this page. */
  readonly last: boolean;
}

const pageSize = 1000;

/**
 * Reads a shard page by page from after `startAfter`. An iterator that expired is replaced; where the stream
 * was trimmed beyond the position reading goes on with the oldest record left; other failures are tried again
 * after growing waits. `undefined` when the mapping stops.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
export function createPages(
  mapping: StreamMapping,
  context: MappingContext,
  source: StreamSource,
  shardId: string,
  startAfter: string | null,
): () => Promise<Page | undefined> {
  const { clock, stop, log } = context;
  const { logicalId, eventSourceArn } = mapping;
  let position = startAfter;
  let iterator: string | undefined;
  let fromHorizon = startAfter === null;

  async function openIterator(): Promise<string> {
    return await source.iterator(
      eventSourceArn,
      shardId,
      position === null || fromHorizon
        ? { type: 'TRIM_HORIZON' }
        : { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: position },
    );
  }

  async function get(): Promise<Page> {
    iterator ??= await openIterator();
    const page = await source.records(iterator, pageSize);
    // Reading again from the horizon shows once more what was seen before.
    const after = position;
    const records =
      after === null
        ? page.records
        : page.records.filter(({ sequenceNumber }) => compareSequence(sequenceNumber, after) > 0);
    position = records[records.length - 1]?.sequenceNumber ?? position;
    iterator = page.next;
    fromHorizon = false;
    return { records, full: page.records.length === pageSize, last: page.next === undefined };
  }

  return async () => {
    for (let setbacks = 0; !stop.aborted; ) {
      try {
        return await get();
      } catch (error) {
        iterator = undefined;
        setbacks += 1;
        const name = error instanceof Error ? error.name : '';
        if (name === 'ExpiredIteratorException' && setbacks === 1) continue;
        if (name === 'TrimmedDataAccessException' && !fromHorizon) {
          fromHorizon = true;
          log(
            'warn',
            `${logicalId}: ${shardId} was trimmed beyond the checkpoint; going on with what is left`,
          );
          continue;
        }
        log('warn', `${logicalId}: cannot read ${shardId}: ${errorMessage(error)}`);
        await clock.sleep(backoffDelay(context.backoff, setbacks), stop);
      }
    }
    return undefined;
  };
}
