import { OperatorError, wordsOf } from '../../operator-error.ts';
import type { Target } from '../target/target.ts';
import { sideBySide } from './bucket.ts';
import { type DeadLetterQueue, readQueues } from './dead-letter-queues.ts';
import type { Source } from './failure.ts';
import { type Histories, histories } from './history.ts';
import { listParkedRecords, PARKED_AT, type ParkedFailure } from './parked-records.ts';
import { listMessages, type MessageFailure } from './queue-messages.ts';
import { failuresBucket, listStreamFailures, type StreamFailure } from './stream-failures.ts';

export type AnyFailure = StreamFailure | ParkedFailure | MessageFailure;

/** Which failures are meant; what is absent means all. */
export interface Filter {
  sources?: readonly Source[] | undefined;
  /** Logical ids of event source mappings and queues. */
  places?: readonly string[] | undefined;
  /** Part of the reason, in any case. */
  reason?: string | undefined;
  /** Bounds of when it failed first, Unix milliseconds. */
  since?: number | undefined;
  until?: number | undefined;
  ids?: readonly string[] | undefined;
}

const passes = ({ places, reason, since, until, ids }: Filter, failure: AnyFailure): boolean => {
  const failed = Date.parse(failure.since);
  return (
    (!places || places.includes(failure.place)) &&
    (!ids || ids.includes(failure.id)) &&
    (reason === undefined || failure.reason.toLowerCase().includes(reason.toLowerCase())) &&
    (since === undefined || failed >= since) &&
    (until === undefined || failed <= until)
  );
};

/** @throws {OperatorError} when a place is named that is neither a dead-letter queue nor a stream's mapping */
const refuseUnknownPlaces = async (
  target: Target,
  deadLetterQueues: readonly DeadLetterQueue[],
  { places = [] }: Filter,
): Promise<void> => {
  if (places.length === 0) return;
  const mappings = [...(await target.ofType('AWS::Lambda::EventSourceMapping')).keys()];
  const queues = deadLetterQueues.map(({ id }) => id);
  const unknown = places.filter((place) => ![...mappings, ...queues, PARKED_AT].includes(place));
  if (unknown.length > 0)
    throw new OperatorError(`unknown place ${unknown.join(', ')}: redrive list shows the places`);
};

/** The failures that an operator must handle. */
export interface Collected {
  bucket: string;
  histories: Histories;
  deadLetterQueues: readonly DeadLetterQueue[];
  failures: readonly AnyFailure[];
  /** Failures that lie at a place, also those that the filter leaves out. */
  countAt: (place: string) => number;
}

/** All failures, oldest first, with the history of earlier redrives. */
export const collect = async (target: Target, filter: Filter): Promise<Collected> => {
  const bucket = await failuresBucket(target);
  const remembered = histories(target.clients.s3, bucket);
  const { deadLetterQueues } = await readQueues(target);
  await refuseUnknownPlaces(target, deadLetterQueues, filter);
  const wants = (source: Source) => !filter.sources || filter.sources.includes(source);
  const [known, ...lists] = await Promise.all([
    remembered.known(),
    wants('stream') ? listStreamFailures(target, bucket) : [],
    wants('parked') ? listParkedRecords(target, bucket) : [],
    ...deadLetterQueues.filter(({ source }) => wants(source)).map((queue) => listMessages(target, queue)),
  ]);
  const found: AnyFailure[] = await sideBySide(lists.flat(), async (failure) => {
    if (!known.has(failure.id)) return failure;
    try {
      const history = await remembered.read(failure.id);
      return history ? { ...failure, history, since: history.first.since } : failure;
    } catch (error) {
      return { ...failure, reason: `${failure.reason} (its history cannot be read: ${wordsOf(error)})` };
    }
  });
  return {
    bucket,
    histories: remembered,
    deadLetterQueues,
    failures: found
      .filter((failure) => passes(filter, failure))
      .sort((left, right) => left.since.localeCompare(right.since)),
    countAt: (place) => found.filter((failure) => failure.place === place).length,
  };
};
