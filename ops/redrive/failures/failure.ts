import { createHash } from 'node:crypto';
import type { StoredObject } from './bucket.ts';
import type { History } from './history.ts';

/**
 * Where a failure is:
 * - `stream`: what the event source mapping of the stream gave up, in the failures bucket
 * - `parked`: a record that the broadcaster could never publish, in the failures bucket
 * - `queue`: a message in the dead-letter queue of a subscriber's queue
 * - `subscription`: a message that SNS could not deliver to a subscriber's queue
 */
export const SOURCES = ['stream', 'parked', 'queue', 'subscription'] as const;
export type Source = (typeof SOURCES)[number];

/** A failure that an operator must handle, without its content. */
export interface Failure {
  /** Stays the same while the failure is there, and when it fails again after a redrive. */
  id: string;
  source: Source;
  /** The logical id of the event source mapping or of the queue. */
  place: string;
  reason: string;
  /** ISO 8601: when it failed first and last, as far as is known. */
  since: string;
  last: string;
  /** Attempts before it was given up; undefined where there is no count. */
  attempts: number | undefined;
  /** Stream records or messages in it. */
  records: number;
  /** Undefined until it is redriven for the first time. */
  history: History | undefined;
}

/** A failure whose object cannot be read. */
export const unreadableFailure = ({ key, writtenAt, unreadable }: StoredObject & { unreadable: string }) => ({
  id: failureId(key),
  key,
  reason: unreadable,
  since: writtenAt,
  last: writtenAt,
  attempts: undefined,
  records: 0,
  history: undefined,
});

/** A short id made of what a failure is. */
export const failureId = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
