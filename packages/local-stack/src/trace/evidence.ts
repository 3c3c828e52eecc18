import { z } from 'zod';
import type { Batch } from '../event-source-mappings/events.ts';
import type { MadeCall } from './call.ts';
import type { ArrivedMessage, MessageEvent, MovedMessage, PublishedMessage } from './messages.ts';
import type {
  RecordedAsynchronous,
  RecordedBatch,
  RecordedInvocation,
  RecordedProgress,
  RecordedRequest,
  Recorder,
} from './recorder.ts';
import { type ItemWrite, matchWrites, type SeenRecord, writesOf } from './writes.ts';

/** A try of a batch; one that runs has no outcome. */
export type Attempt = Pick<RecordedBatch, 'requestId' | 'mapping' | 'functionName' | 'source' | 'batch'> &
  Partial<Pick<RecordedBatch, 'outcome' | 'failed' | 'detail' | 'at'>>;

/** Everything that is remembered, found by what it belongs to. */
export interface Evidence {
  readonly requests: readonly RecordedRequest[];
  readonly invocations: readonly RecordedInvocation[];
  readonly messages: readonly MessageEvent[];
  /** The latest of this id: an asynchronous event that is tried again has the same. */
  invocation(requestId: string): RecordedInvocation | undefined;
  /** Oldest first. */
  invocationsOf(requestId: string): readonly RecordedInvocation[];
  /** What became of an asynchronous event, oldest first. */
  asynchronousOf(requestId: string): readonly RecordedAsynchronous[];
  invocationOfCall(call: MadeCall): RecordedInvocation | undefined;
  requestOf(invocation: RecordedInvocation): RecordedRequest | undefined;
  callsOf(invocation: RecordedInvocation): readonly MadeCall[];
  attemptOf(invocation: RecordedInvocation): Attempt | undefined;
  /** Of a record or message, oldest first. */
  attemptsOf(identifier: string): readonly Attempt[];
  progressOf(identifier: string): readonly RecordedProgress[];
  /** Stream records that a call wrote. */
  recordsOf(call: MadeCall): readonly SeenRecord[];
  record(sequenceNumber: string): SeenRecord | undefined;
  writerOf(record: SeenRecord): MadeCall | undefined;
  published(messageId: string): PublishedMessage | undefined;
  /** The message of a topic that became this message of a queue, or this event of a function. */
  publishedAs(deliveredAs: string): PublishedMessage | undefined;
  publisherOf(message: PublishedMessage): MadeCall | undefined;
  publishedBy(call: MadeCall): readonly PublishedMessage[];
  arrived(queueMessageId: string): ArrivedMessage | undefined;
  movesOf(queueMessageId: string): readonly MovedMessage[];
  movedAs(newMessageId: string): MovedMessage | undefined;
}

const Records = z.object({
  Records: z.array(
    z.looseObject({
      messageId: z.string().optional(),
      eventSourceARN: z.string().default(''),
      dynamodb: z.looseObject({ SequenceNumber: z.string() }).optional(),
    }),
  ),
});

/** The attempt that an invocation without an outcome is, if a mapping made it. */
const runningAttempt = ({ requestId, functionName, event }: RecordedInvocation): Attempt | undefined => {
  if (!event.startsWith('{"Records":')) return undefined;
  const parsed = Records.safeParse(JSON.parse(event));
  const source = parsed.data?.Records[0]?.eventSourceARN;
  if (!parsed.success || !source) return undefined;
  const batch: Batch = parsed.data.Records.map((one) => ({
    identifier: one.messageId ?? one.dynamodb?.SequenceNumber ?? '',
    event: one,
  }));
  return { requestId, mapping: '', functionName, source, batch };
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Finds what belongs to what in everything that the rings hold. */
export const gatherEvidence = (
  recorder: Recorder,
  calls: readonly MadeCall[],
  messages: readonly MessageEvent[],
): Evidence => {
  const invocations = recorder.invocations();
  const requests = recorder.requests();
  const byId = new Map(invocations.map((one) => [one.requestId, one]));
  const allById = Map.groupBy(invocations, ({ requestId }) => requestId);
  const asynchronousById = Map.groupBy(recorder.asynchronous(), ({ requestId }) => requestId);
  const byTrace = new Map(invocations.map((one) => [one.traceRoot, one]));
  const requestByInvocation = new Map(requests.map((one) => [one.invocationId, one]));
  const callsByTrace = Map.groupBy(calls, ({ traceRoot }) => traceRoot);

  const batches = recorder.batches();
  const ended = new Map(batches.map((one): [string, Attempt] => [one.requestId, one]));
  const running = invocations
    .filter(({ requestId, answer }) => answer === undefined && !ended.has(requestId))
    .flatMap((invocation) => runningAttempt(invocation) ?? []);
  const attempts = [...batches, ...running];
  const attemptById = new Map(attempts.map((one): [string, Attempt] => [one.requestId, one]));
  const attemptsByIdentifier = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    for (const { identifier } of attempt.batch) {
      const known = attemptsByIdentifier.get(identifier);
      if (known) known.push(attempt);
      else attemptsByIdentifier.set(identifier, [attempt]);
    }
  }

  const writes: ItemWrite[] = calls.flatMap(writesOf);
  const { records, writerOf } = matchWrites(attempts, writes);
  const recordsByCall = Map.groupBy(records.values(), (record) => writerOf.get(record.sequenceNumber));

  const published = messages.filter((event) => event.kind === 'published');
  const publishedById = new Map(published.map((one) => [one.messageId, one]));
  const publishedByDelivery = new Map(
    published.flatMap((one) =>
      one.subscriptions.flatMap(({ queueMessageId, requestId }) =>
        [queueMessageId, requestId].flatMap((id) => (id === undefined ? [] : [[id, one] as const])),
      ),
    ),
  );
  const publisherById = new Map<string, MadeCall>();
  for (const call of calls) {
    if (!call.operation.startsWith('Publish') || !call.answer) continue;
    for (const [, id = ''] of text(call.answer.body).matchAll(/<MessageId>([^<]*)<\/MessageId>/g))
      publisherById.set(id, call);
  }
  const publishedByCall = Map.groupBy(published, ({ messageId }) => publisherById.get(messageId));
  const progressById = new Map<string, RecordedProgress[]>();
  for (const one of recorder.progress()) {
    const identifiers =
      one.type === 'resolved' ? [one.through] : one.type === 'discarded' ? one.identifiers : [];
    for (const identifier of identifiers)
      progressById.set(identifier, [...(progressById.get(identifier) ?? []), one]);
  }
  // The first arrival counts: a message keeps its id when it is given up to another queue.
  const arrivedById = new Map(
    messages
      .toReversed()
      .flatMap((event) => (event.kind === 'arrived' ? [[event.messageId, event] as const] : [])),
  );
  const moves = messages.filter((event) => event.kind === 'moved');
  const movesById = Map.groupBy(moves, ({ messageId }) => messageId);
  const moveByNewId = new Map(moves.map((one) => [one.newMessageId, one]));

  return {
    requests,
    invocations,
    messages,
    invocation: (requestId) => byId.get(requestId),
    invocationsOf: (requestId) => allById.get(requestId) ?? [],
    asynchronousOf: (requestId) => asynchronousById.get(requestId) ?? [],
    invocationOfCall: ({ traceRoot }) => (traceRoot === undefined ? undefined : byTrace.get(traceRoot)),
    requestOf: ({ requestId }) => requestByInvocation.get(requestId),
    callsOf: ({ traceRoot }) => (traceRoot === undefined ? [] : (callsByTrace.get(traceRoot) ?? [])),
    attemptOf: ({ requestId }) => attemptById.get(requestId),
    attemptsOf: (identifier) => attemptsByIdentifier.get(identifier) ?? [],
    progressOf: (identifier) => progressById.get(identifier) ?? [],
    recordsOf: (call) => recordsByCall.get(call) ?? [],
    record: (sequenceNumber) => records.get(sequenceNumber),
    writerOf: ({ sequenceNumber }) => writerOf.get(sequenceNumber),
    published: (messageId) => publishedById.get(messageId),
    publishedAs: (deliveredAs) => publishedByDelivery.get(deliveredAs),
    publishedBy: (call) => publishedByCall.get(call) ?? [],
    publisherOf: ({ messageId }) => publisherById.get(messageId),
    arrived: (queueMessageId) => arrivedById.get(queueMessageId),
    movesOf: (queueMessageId) => movesById.get(queueMessageId) ?? [],
    movedAs: (newMessageId) => moveByNewId.get(newMessageId),
  };
};
