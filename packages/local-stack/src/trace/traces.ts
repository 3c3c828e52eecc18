import type { MadeCall } from './call.ts';
import type { Evidence } from './evidence.ts';
import { gatherEvidence } from './evidence.ts';
import type { MessageEvent } from './messages.ts';
import type { RecordedInvocation, Recorder } from './recorder.ts';
import { idOf, type Root, traceFrom } from './trace.ts';
import type { Trace, TraceSummary } from './trace-step.ts';
import type { SeenRecord } from './writes.ts';

/** The traces of requests, records and messages, made on demand from what was recorded. */
export interface Traces {
  /** The latest traces, newest first. @param search a text that one of their steps holds; all when empty */
  list(search: string): Promise<TraceSummary[]>;
  /** The trace that begins at a root, or that a request, record or message of this id is on. */
  find(id: string): Promise<Trace | undefined>;
  evidence(): Promise<Evidence>;
}

const MAX_LISTED = 60;
const MAX_FOR_LIST = 1_000;

/** The latest of what is recorded, so many of a kind at most. */
const latestOf = (recorder: Recorder, latest: number): Recorder => ({
  requests: () => recorder.requests().slice(-latest),
  invocations: () => recorder.invocations().slice(-latest),
  batches: () => recorder.batches().slice(-latest),
  progress: () => recorder.progress().slice(-latest),
  asynchronous: () => recorder.asynchronous().slice(-latest),
});

/** The root of the trace that something belongs to. */
const rootOfInvocation = (run: RecordedInvocation, evidence: Evidence, search: string): Root => {
  const request = evidence.requestOf(run);
  if (request) return { kind: 'request', request };
  if (evidence.asynchronousOf(run.requestId).length > 0) return rootOfEvent(run.requestId, evidence, search);
  const attempt = evidence.attemptOf(run);
  const item =
    attempt?.batch.find(({ event }) => JSON.stringify(event).includes(search)) ?? attempt?.batch[0];
  if (!item) return { kind: 'invocation', invocation: run };
  const record = evidence.record(item.identifier);
  return record ? rootOfRecord(record, evidence) : rootOfMessage(item.identifier, evidence, search);
};

const rootOfRecord = (record: SeenRecord, evidence: Evidence): Root => {
  const writer = evidence.writerOf(record);
  const run = writer && evidence.invocationOfCall(writer);
  return run ? rootOfInvocation(run, evidence, textOfKeys(record)) : { kind: 'record', record };
};

/** The response that the function which wrote this record most likely got. */
const textOfKeys = ({ keys }: SeenRecord): string => {
  const [value] = Object.values(keys);
  const [text] = Object.values(Object(value));
  return typeof text === 'string' ? text : '';
};

const rootOfMessage = (queueMessageId: string, evidence: Evidence, search: string): Root => {
  const move = evidence.movedAs(queueMessageId);
  if (move) return rootOfMessage(move.messageId, evidence, search);
  return rootOfPublished(queueMessageId, evidence, search) ?? { kind: 'message', queueMessageId };
};

const rootOfEvent = (requestId: string, evidence: Evidence, search: string): Root =>
  rootOfPublished(requestId, evidence, search) ?? { kind: 'event', requestId };

/**
 * Where the trace begins of what a topic delivered, if a function published it.
 * @param deliveredAs the id of the message in the queue, or of the function's invocation
 */
const rootOfPublished = (deliveredAs: string, evidence: Evidence, search: string): Root | undefined => {
  const message = evidence.publishedAs(deliveredAs);
  const publisher = message && evidence.publisherOf(message);
  const run = publisher && evidence.invocationOfCall(publisher);
  if (!run) return undefined;
  const record = evidence.attemptOf(run)?.batch.find(({ event }) => sharesText(event, message.body));
  return rootOfInvocation(run, evidence, record ? JSON.stringify(record.event) : search);
};

/** Whether a message names the record that it tells of. */
const sharesText = (event: unknown, body: string): boolean => {
  const { eventID } = Object(event);
  return typeof eventID === 'string' && eventID !== '' && body.includes(eventID);
};

const rootOf = (id: string, evidence: Evidence): Root | undefined => {
  const [kind, ...rest] = id.split(' ');
  const name = rest.length === 0 ? id : rest.join(' ');
  const request = evidence.requests.find(({ requestId }) => requestId === name);
  if (request) return { kind: 'request', request };
  const invocation = evidence.invocation(name);
  if (invocation)
    return kind === 'invocation' ? { kind, invocation } : rootOfInvocation(invocation, evidence, name);
  const record = evidence.record(name);
  if (record) return kind === 'record' ? { kind, record } : rootOfRecord(record, evidence);
  if (!evidence.arrived(name)) return undefined;
  return kind === 'message' ? { kind, queueMessageId: name } : rootOfMessage(name, evidence, name);
};

const roots = (evidence: Evidence, search: string): Root[] => {
  const found = new Map<string, Root>();
  for (const run of evidence.invocations.toReversed()) {
    if (found.size >= MAX_LISTED) break;
    const request = evidence.requestOf(run);
    const isFound =
      search === '' ||
      [run.requestId, run.event, request?.requestId, ...run.log.map(({ line }) => line)].some((text) =>
        text?.includes(search),
      ) ||
      evidence.callsOf(run).some(({ request: body }) => Buffer.from(body).includes(search));
    if (!isFound) continue;
    const root = rootOfInvocation(run, evidence, search);
    if (!found.has(idOf(root))) found.set(idOf(root), root);
  }
  for (const request of evidence.requests) {
    const isAlone = request.invocationId === undefined;
    const texts = [request.path, request.requestId];
    if (!isAlone || !texts.some((text) => text.includes(search))) continue;
    const root: Root = { kind: 'request', request };
    found.set(idOf(root), root);
  }
  return [...found.values()];
};

/** A trace has the state of its worst step. */
const summaryOf = ({ root, steps }: Trace): TraceSummary | undefined => {
  const [first] = steps;
  if (!first) return undefined;
  const bad = steps.filter(({ state }) => state === 'bad').length;
  const waiting = steps.filter(({ state }) => state === 'waiting').length;
  const { title, place, at } = first;
  return {
    ...{ root, title, at, ...(place !== undefined && { place }) },
    note: [
      first.note,
      `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`,
      ...(bad > 0 ? [`${bad} failed`] : []),
      ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ]
      .filter((part) => part !== '')
      .join(', '),
    state: bad > 0 ? 'bad' : waiting > 0 ? 'waiting' : 'good',
  };
};

/**
 * @param options.calls the latest calls of functions
 * @param options.messages what messages did of late
 * @param options.nameOf the logical id of an ARN, queue, table or function
 */
export const createTraces = (options: {
  recorder: Recorder;
  calls: (latest: number) => Promise<readonly MadeCall[]>;
  messages: (latest: number) => Promise<readonly MessageEvent[]>;
  nameOf: (physical: string) => string;
}): Traces => {
  const { recorder, calls, messages, nameOf } = options;
  /** The latest are enough for a list; copying everything from other threads several times a minute would be felt. */
  const evidenceOf = async (latest: number) =>
    gatherEvidence(latestOf(recorder, latest), await calls(latest), await messages(2 * latest));
  const evidence = () => evidenceOf(Number.POSITIVE_INFINITY);
  return {
    evidence,
    list: async (search) => {
      const found = await (search.trim() === '' ? evidenceOf(MAX_FOR_LIST) : evidence());
      return roots(found, search.trim())
        .flatMap((root) => summaryOf(traceFrom(root, found, nameOf, false)) ?? [])
        .toSorted((one, other) => other.at - one.at)
        .slice(0, MAX_LISTED);
    },
    find: async (id) => {
      const found = await evidence();
      const root = rootOf(id, found);
      return root && traceFrom(root, found, nameOf);
    },
  };
};
