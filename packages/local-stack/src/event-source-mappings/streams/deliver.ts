import { backoffDelay } from '../backoff.ts';
import type { MappingContext } from '../context.ts';
import type { DiscardCondition } from '../events.ts';
import { invokeBatch } from '../invoke-batch.ts';
import type { StreamMapping } from '../mapping.ts';
import type { LastResponse } from './failure-record.ts';
import type { PendingRecord } from './record.ts';

/** DynamoDB Streams keeps records for 24 hours. */
export const retentionMs = 24 * 60 * 60 * 1000;

type Records = readonly [PendingRecord, ...PendingRecord[]];

const isSome = (records: readonly PendingRecord[]): records is Records => records.length > 0;

/** A part of the batch with its own history. */
interface Part {
  readonly records: Records;
  /** Retries used up: what MaximumRetryAttempts limits. */
  readonly retries: number;
  /** Invocations of exactly these records and those that came with them. */
  readonly invocations: number;
  /** Failures in a row of any kind, which the waiting time grows with. */
  readonly setbacks: number;
  readonly response?: LastResponse;
}

/** Records that were given up and not yet sent to the destination. */
interface GivenUp {
  readonly records: Records;
  readonly condition: DiscardCondition;
  readonly invocations: number;
  readonly response: LastResponse | undefined;
}

export interface DeliveryPorts {
  /** Records from the front of the batch are resolved, one way or another. Resolves once that is kept. */
  resolved(records: Records): Promise<void>;
  discard(
    records: Records,
    condition: DiscardCondition,
    invocations: number,
    response: LastResponse | undefined,
  ): Promise<void>;
}

/**
 * Takes one batch of a lane to its end: every record succeeds, is given up, or is left unresolved because the
 * mapping stops. Records are resolved strictly from the front, so the order of a lane holds.
 *
 * - After an error or timeout the whole batch is retried with growing delays, up to MaximumRetryAttempts.
 * - With BisectBatchOnFunctionError an error splits the batch in two; splitting uses no retry up.
 * - With ReportBatchItemFailures the lowest reported record is the checkpoint and everything from it comes
 *   again; with bisecting that is the split, and uses no retry up either. When the reported record is already
 *   the first there is nothing to split off in front of it: the batch is halved, as for an error.
 * - Throttles, and invocations that cannot be made, use up no retry; only age ends them.
 * - With bisecting, neighbours that were given up for the same reason become one record for the destination, whose
 *   batch size then is more than 1.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export async function deliverBatch(
  mapping: StreamMapping,
  context: MappingContext,
  shardId: string,
  batch: readonly PendingRecord[],
  ports: DeliveryPorts,
): Promise<void> {
  const { clock, stop } = context;
  const parts: Part[] = isSome(batch) ? [fresh(batch)] : [];
  let givenUp: GivenUp | undefined;

  for (let part = parts.shift(); part && !stop.aborted; part = parts.shift()) {
    const alive = await withoutTooOld(part);
    if (!alive) continue;

    const last = alive.records[alive.records.length - 1] ?? alive.records[0];
    context.metrics.iteratorAge(clock.now() - last.createdAt);
    const outcome = await invokeBatch(
      mapping,
      context,
      shardId,
      alive.records.map(({ sequenceNumber, event }) => ({ identifier: sequenceNumber, event })),
    );

    switch (outcome.kind) {
      case 'success':
        await settleGivenUp();
        await ports.resolved(alive.records);
        break;
      case 'throttled':
      case 'unreachable': {
        const setbacks = alive.setbacks + 1;
        await clock.sleep(backoffDelay(context.backoff, setbacks), stop);
        parts.unshift({ ...alive, setbacks });
        break;
      }
      case 'partial': {
        const { failed } = outcome;
        const at = alive.records.findIndex(({ sequenceNumber }) => failed.has(sequenceNumber));
        const succeeded = alive.records.slice(0, at);
        if (isSome(succeeded)) {
          await settleGivenUp();
          await ports.resolved(succeeded);
        }
        await failedFrom(alive, alive.records.slice(at), answered(null), at > 0);
        break;
      }
      case 'failure':
        await failedFrom(alive, alive.records, answered(null), false);
        break;
      case 'error':
        await failedFrom(alive, alive.records, answered('Unhandled'), false);
        break;
    }
  }

  await settleGivenUp();

  async function giveUp(next: GivenUp): Promise<void> {
    if (givenUp && givenUp.condition === next.condition) {
      const [first, ...more] = givenUp.records;
      const invocations = Math.max(givenUp.invocations, next.invocations);
      givenUp = { ...next, invocations, records: [first, ...more, ...next.records] };
    } else {
      await settleGivenUp();
      givenUp = next;
    }
    if (!mapping.bisectBatchOnFunctionError) await settleGivenUp();
  }

  /** The destination receives the record before the checkpoint moves: a kill in between repeats the record and loses nothing. */
  async function settleGivenUp(): Promise<void> {
    if (!givenUp) return;
    const { records, condition, invocations, response } = givenUp;
    givenUp = undefined;
    await ports.discard(records, condition, invocations, response);
    await ports.resolved(records);
  }

  function answered(functionError: string | null): LastResponse {
    return { statusCode: 200, executedVersion: '$LATEST', functionError };
  }

  function fresh(records: Records): Part {
    return { records, retries: 0, invocations: 0, setbacks: 0 };
  }

  /** Decides how what failed of a part comes back, or that it does not. */
  async function failedFrom(
    part: Part,
    records: readonly PendingRecord[],
    response: LastResponse,
    split: boolean,
  ): Promise<void> {
    if (!isSome(records)) return;
    const invocations = part.invocations + 1;
    if (mapping.bisectBatchOnFunctionError && split) {
      parts.unshift(fresh(records));
      return;
    }
    if (mapping.bisectBatchOnFunctionError && records.length > 1) {
      const middle = Math.ceil(records.length / 2);
      const halves: (readonly PendingRecord[])[] = [records.slice(0, middle), records.slice(middle)];
      parts.unshift(...halves.filter(isSome).map(fresh));
      return;
    }
    if (part.retries >= mapping.maximumRetryAttempts) {
      await giveUp({ records, condition: 'RetryAttemptsExhausted', invocations, response });
      return;
    }
    const setbacks = part.setbacks + 1;
    await clock.sleep(backoffDelay(context.backoff, setbacks), stop);
    parts.unshift({ records, retries: part.retries + 1, invocations, setbacks, response });
  }

  /** Gives up the records at the front that are too old; answers what is left of the part. */
  async function withoutTooOld(part: Part): Promise<Part | undefined> {
    let left = part;
    for (;;) {
      const olderThan = (limit: number) =>
        leading(left.records, (record) => clock.now() - record.createdAt > limit);
      const expired = olderThan(retentionMs);
      const tooOld = isSome(expired) ? expired : olderThan(mapping.maximumRecordAgeMs);
      if (!isSome(tooOld)) return left;
      const condition = isSome(expired) ? 'RecordExpired' : 'RecordAgeExceeded';
      await giveUp({ records: tooOld, condition, invocations: left.invocations, response: left.response });
      const records = left.records.slice(tooOld.length);
      if (!isSome(records)) return undefined;
      left = { ...left, records };
    }
  }
}

function leading(
  records: readonly PendingRecord[],
  old: (record: PendingRecord) => boolean,
): readonly PendingRecord[] {
  const alive = records.findIndex((record) => !old(record));
  return alive === -1 ? records : records.slice(0, alive);
}
