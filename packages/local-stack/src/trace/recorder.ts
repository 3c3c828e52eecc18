import type { AsynchronousEvent } from '../asynchronous-invocation/index.ts';
import type { MappingEvent } from '../event-source-mappings/events.ts';
import type { FunctionLogLine } from '../lambda-runtime/function-log.ts';
import { traceRootOf } from './call.ts';
import type { EventBus } from './event-bus.ts';
import { createRing } from './ring.ts';
import type { StackEvent } from './stack-event.ts';

export type RecordedRequest = Extract<StackEvent, { kind: 'request' }>;

/** An invocation with its log. Times are Unix milliseconds. */
export interface RecordedInvocation {
  readonly requestId: string;
  readonly traceRoot: string | undefined;
  readonly functionName: string;
  /** JSON. */
  readonly event: string;
  readonly at: number;
  /** Absent while it runs. */
  answer?: Pick<Extract<StackEvent, { kind: 'answered' }>, 'result' | 'at' | 'ran' | 'heapBytes'>;
  readonly log: FunctionLogLine[];
}

/** An event of a mapping, and its time. */
export type RecordedBatch = Extract<MappingEvent, { type: 'invocation' }> & { readonly at: number };
export type RecordedProgress = Exclude<MappingEvent, { type: 'invocation' }> & { readonly at: number };

/** What became of an event in the queue of a function. */
export type RecordedAsynchronous = AsynchronousEvent & { readonly at: number };

/** The latest of what passed through the stack, oldest first. */
export interface Recorder {
  requests(): readonly RecordedRequest[];
  invocations(): readonly RecordedInvocation[];
  batches(): readonly RecordedBatch[];
  /** Checkpoints, given up and filtered records of mappings. */
  progress(): readonly RecordedProgress[];
  asynchronous(): readonly RecordedAsynchronous[];
}

const MAX_INVOCATIONS = 5_000;
const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;
const MAX_BATCHED_RECORDS = 12_000;
const MAX_LINES_OF_INVOCATION = 200;

/** Keeps the latest in memory: references to what is there anyway, so that it costs next to nothing. */
export const recordTraces = (bus: Pick<EventBus, 'subscribe'>): Recorder => {
  const requests = createRing<RecordedRequest>({
    ...{ maximumItems: MAX_INVOCATIONS, maximumSize: MAX_INVOCATIONS, sizeOf: () => 1 },
  });
  const byId = new Map<string, RecordedInvocation>();
  const invocations = createRing<RecordedInvocation>({
    maximumItems: MAX_INVOCATIONS,
    maximumSize: MAX_EVENT_CHARACTERS,
    sizeOf: ({ event }) => event.length,
  });
  const batches = createRing<RecordedBatch>({
    maximumItems: MAX_INVOCATIONS,
    maximumSize: MAX_BATCHED_RECORDS,
    sizeOf: ({ records }) => records,
  });
  const progress = createRing<RecordedProgress>({
    ...{ maximumItems: MAX_INVOCATIONS, maximumSize: MAX_INVOCATIONS, sizeOf: () => 1 },
  });
  const asynchronous = createRing<RecordedAsynchronous>({
    ...{ maximumItems: MAX_INVOCATIONS, maximumSize: MAX_INVOCATIONS, sizeOf: () => 1 },
  });

  bus.subscribe((told) => {
    switch (told.kind) {
      case 'request':
        return requests.push(told);
      case 'invoked': {
        const { requestId, traceId, functionName, event, at } = told;
        const recorded = { requestId, traceRoot: traceRootOf(traceId), functionName, event, at, log: [] };
        byId.set(requestId, recorded);
        return invocations.push(recorded);
      }
      case 'answered': {
        const { requestId, result, at, ran, heapBytes } = told;
        const recorded = byId.get(requestId);
        if (recorded) recorded.answer = { result, at, ran, heapBytes };
        byId.delete(requestId);
        return;
      }
      case 'logged': {
        const { line } = told;
        const log = line.requestId === undefined ? undefined : byId.get(line.requestId)?.log;
        if (log && log.length < MAX_LINES_OF_INVOCATION) log.push(line);
        return;
      }
      case 'asynchronous':
        return asynchronous.push({ ...told.event, at: told.at });
      case 'mapping': {
        const { event, at } = told;
        return event.type === 'invocation' ? batches.push({ ...event, at }) : progress.push({ ...event, at });
      }
    }
  });
  return {
    requests: requests.items,
    invocations: invocations.items,
    batches: batches.items,
    progress: progress.items,
    asynchronous: asynchronous.items,
  };
};
