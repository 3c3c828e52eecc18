import { compileFilterPolicy } from '../topics/filter-policy.ts';
import type { MadeCall } from './call.ts';
import { causeOf } from './cause.ts';
import { type Concern, concernOf, wholeConcern } from './concern.ts';
import type { Attempt, Evidence } from './evidence.ts';
import type { PublishedMessage, SubscriptionOutcome } from './messages.ts';
import type { RecordedInvocation, RecordedRequest } from './recorder.ts';
import type { Trace, TraceStep } from './trace-step.ts';
import { attemptOutcome, callNote, given, parsedJson, statusState } from './wording.ts';
import type { SeenRecord } from './writes.ts';

/** Where a trace begins. */
export type Root =
  | { kind: 'request'; request: RecordedRequest }
  | { kind: 'invocation'; invocation: RecordedInvocation }
  | { kind: 'record'; record: SeenRecord }
  | { kind: 'message'; queueMessageId: string }
  | { kind: 'event'; requestId: string };

export const idOf = (root: Root): string => {
  switch (root.kind) {
    case 'request':
      return `request ${root.request.requestId}`;
    case 'invocation':
      return `invocation ${root.invocation.requestId}`;
    case 'record':
      return `record ${root.record.sequenceNumber}`;
    case 'message':
      return `message ${root.queueMessageId}`;
    case 'event':
      return `event ${root.requestId}`;
  }
};

const MAX_STEPS = 400;
const MAX_DEPTH = 24;

type Step = Omit<TraceStep, 'id' | 'depth' | 'parent' | 'facts' | 'json' | 'log'> & {
  facts?: Readonly<Record<string, unknown>>;
  /** Made only when it is wanted: it takes most of the time. */
  json?: () => Readonly<Record<string, unknown>>;
  log?: () => readonly string[];
};

/** The event of a function without tokens. */
const withoutTokens = (event: string): unknown =>
  parsedJson(event.replace(/Bearer [\w.~+/=-]+/g, 'Bearer [token]'));

/**
 * Everything that followed from where a trace begins, depth first. Of what was done for several records or messages of a
 * batch at a time, only that of the one which is followed.
 * @param nameOf the logical id of an ARN, queue, table or function
 * @param isWhole with JSON and log lines
 */
export const traceFrom = (
  root: Root,
  evidence: Evidence,
  nameOf: (physical: string) => string,
  isWhole = true,
): Trace => {
  const steps: TraceStep[] = [];
  const walked = new Set<unknown>();
  let isCut = false;

  const add = (
    parent: TraceStep | undefined,
    { facts = {}, json = () => ({}), log = () => [], ...step }: Step,
  ): TraceStep => {
    const added: TraceStep = {
      ...step,
      id: `${steps.length}`,
      depth: parent ? parent.depth + 1 : 0,
      ...(parent && { parent: parent.id }),
      facts: Object.entries(facts).flatMap(([name, value]) =>
        value === undefined ? [] : [{ name, value: String(value) }],
      ),
      json: Object.entries(isWhole ? json() : {}).map(([name, value]) => ({ name, value })),
      log: isWhole ? [...log()] : [],
    };
    steps.push(added);
    return added;
  };
  /** Whether there is room for more, and this was not shown yet. */
  const isNew = (what: unknown, parent?: TraceStep): boolean => {
    if (walked.has(what)) return false;
    if (steps.length >= MAX_STEPS || (parent?.depth ?? 0) >= MAX_DEPTH) {
      isCut = true;
      return false;
    }
    walked.add(what);
    return true;
  };

  const request = (asked: RecordedRequest) => {
    const { method, path, status, reason, routeKey, requestId, began, ended } = asked;
    const step = add(undefined, {
      ...{ kind: 'request', title: `${method} ${path}`, note: `${status}${reason ? `: ${reason}` : ''}` },
      state: status < 400 ? 'good' : 'bad',
      ...{ at: began, until: ended },
      facts: { route: routeKey, status, 'request id': requestId, reason },
    });
    const { invocationId } = asked;
    const run = invocationId === undefined ? undefined : evidence.invocation(invocationId);
    if (run) invocation(step, run, wholeConcern);
  };

  const invocation = (
    parent: TraceStep | undefined,
    run: RecordedInvocation,
    concern: Concern,
    told: Partial<Pick<Step, 'note' | 'state' | 'facts'>> = {},
  ) => {
    if (!isNew(run, parent)) return;
    const { result, at: until } = run.answer ?? {};
    const failed = result?.kind === 'error' ? `${result.errorType}: ${result.errorMessage}` : undefined;
    const step = add(parent, {
      ...{ kind: 'invocation', title: nameOf(run.functionName), place: nameOf(run.functionName) },
      note: failed ?? (until === undefined ? 'runs' : `${Math.max(0, until - run.at)} ms`),
      state: failed ? 'bad' : until === undefined ? 'waiting' : 'good',
      ...{ at: run.at, ...(until !== undefined && { until }) },
      ...told,
      facts: { 'request id': run.requestId, ...told.facts },
      json: () => ({
        event: withoutTokens(run.event),
        ...(result && { answer: result.kind === 'success' ? result.payload : result }),
      }),
      log: () => run.log.map(({ line }) => line).filter((line) => concern.concerns(line)),
    });
    for (const made of evidence.callsOf(run)) {
      if (concern.concerns(`${made.operation} ${Buffer.from(made.request).toString()}`))
        call(step, made, concern);
    }
  };

  const call = (parent: TraceStep, made: MadeCall, concern: Concern) => {
    if (!isNew(made, parent)) return;
    const { operation, needs, grants, stoppedBy, answer, began } = made;
    const [need] = needs;
    const statements = [...new Set(grants.map(({ statement }) => statement.path))];
    const step = add(parent, {
      ...{ kind: 'call', title: operation || made.service, note: callNote(made), state: statusState(made) },
      ...(need && need.resource !== '*' && { place: nameOf(need.resource) }),
      ...{ at: began, ...(answer && { until: answer.at }) },
      facts: {
        action: [...new Set(needs.map(({ action }) => action))].join(', '),
        resource: [...new Set(needs.map(({ resource }) => resource))].join(', '),
        status: answer?.status,
        'allowed by': statements.join(', ') || undefined,
        'stopped by': stoppedBy,
      },
      json: () => ({
        request: given(made.request),
        ...(answer && answer.body.length > 0 && { answer: given(answer.body) }),
      }),
    });
    for (const written of evidence.recordsOf(made)) record(step, written);
    for (const message of evidence.publishedBy(made)) {
      if (concern.mentions(`${message.body} ${JSON.stringify(message.attributes)}`)) published(step, message);
    }
  };

  const record = (parent: TraceStep | undefined, written: SeenRecord) => {
    if (!isNew(written, parent)) return;
    const { sequenceNumber, table, keys, event, createdAt } = written;
    const attempts = evidence.attemptsOf(sequenceNumber);
    const [first] = attempts;
    const at = parent?.until ?? parent?.at ?? createdAt;
    const step = add(parent, {
      ...{ kind: 'record', title: `${event.eventName} in the stream`, place: nameOf(table) },
      ...{ note: '', state: 'good', at },
      ...(first && { until: startOf(first) ?? at }),
      facts: { keys: JSON.stringify(keys), 'sequence number': sequenceNumber },
      json: () => ({ record: event }),
    });
    delivered(step, sequenceNumber, attempts);
  };

  const startOf = ({ requestId }: Attempt) => evidence.invocation(requestId)?.at;
  const endOf = ({ requestId, at }: Attempt) => evidence.invocation(requestId)?.answer?.at ?? at;

  /** Every try to hand a record or message to each function that reads it, with what came of the last. */
  const delivered = (parent: TraceStep, identifier: string, all: readonly Attempt[]) => {
    for (const attempts of Map.groupBy(all, ({ functionName }) => functionName).values()) {
      let before: Attempt | undefined;
      for (const attempt of attempts) {
        if (before) again(parent, before, attempt);
        tried(parent, identifier, attempt, before);
        before = attempt;
      }
    }
    ended(parent, identifier);
  };

  const again = (parent: TraceStep, before: Attempt, attempt: Attempt) =>
    waited(parent, endOf(before) ?? 0, startOf(attempt) ?? 0);

  const waited = (parent: TraceStep, at: number, until: number) => {
    add(parent, {
      ...{ kind: 'wait', title: 'waits for its retry', state: 'quiet', at, until },
      note: `${((until - at) / 1_000).toFixed(1)} s`,
    });
  };

  const tried = (parent: TraceStep, identifier: string, attempt: Attempt, before: Attempt | undefined) => {
    const run = evidence.invocation(attempt.requestId);
    if (!run) return;
    const subject = attempt.batch.find((one) => one.identifier === identifier)?.event;
    const neighbours = attempt.batch.filter((one) => one.identifier !== identifier);
    const others = neighbours.map((one) => one.identifier);
    const { note, state } = attemptOutcome(attempt, identifier, before, causeOf(run, identifier, others));
    const facts = { mapping: attempt.mapping, batch: attempt.batch.length, neighbours: others.join(', ') };
    const concern = concernOf(
      subject,
      neighbours.map(({ event }) => event),
    );
    invocation(parent, run, concern, { note, state, facts });
  };

  const ended = (parent: TraceStep, identifier: string) => {
    for (const event of evidence.progressOf(identifier)) {
      const isGood = event.type === 'resolved';
      const givenUp = event.type === 'discarded' ? `${event.condition}, told ${event.destination}` : '';
      add(parent, {
        ...{ kind: 'end', title: isGood ? 'checkpoint' : 'given up', at: event.at, until: event.at },
        note: isGood ? `checkpoint after a batch of ${event.records} records` : givenUp,
        state: isGood ? 'good' : 'bad',
        json: () => ({ [event.type]: event }),
      });
    }
    for (const move of evidence.movesOf(identifier)) {
      const step = add(parent, {
        ...{ kind: 'end', title: move.how, note: move.to ? `to ${nameOf(move.to)}` : '' },
        ...{ state: move.how === 'given up' ? 'bad' : 'quiet', at: move.at, until: move.at },
        place: nameOf(move.from),
      });
      if (move.newMessageId !== undefined) queued(step, move.newMessageId);
    }
  };

  const published = (parent: TraceStep | undefined, message: PublishedMessage) => {
    if (!isNew(message, parent)) return;
    const { topicArn, messageId, body, attributes, subscriptions, at } = message;
    const kept = subscriptions.filter(({ outcome }) => outcome === 'kept out').length;
    const step = add(parent, {
      ...{ kind: 'message', title: 'message', place: nameOf(topicArn), state: 'good', at, until: at },
      note: Object.entries(attributes)
        .map(([name, { StringValue = '' }]) => `${name}=${StringValue}`)
        .join(' '),
      facts: { 'message id': messageId, subscriptions: subscriptions.length, 'kept out': kept },
      json: () => ({ body: parsedJson(body), attributes }),
    });
    for (const subscription of subscriptions) subscribed(step, message, subscription);
  };

  const subscribed = (parent: TraceStep, message: PublishedMessage, subscription: SubscriptionOutcome) => {
    const { endpoint, outcome, filterPolicy, filterPolicyScope = 'MessageAttributes' } = subscription;
    const place = nameOf(endpoint);
    const common = { kind: 'subscription', place, at: message.at, until: message.at } as const;
    if (outcome === 'kept out' && filterPolicy !== undefined) {
      const policy = parsedJson(filterPolicy);
      const wanted: Record<string, unknown> = Object(policy);
      const unmet = compileFilterPolicy(filterPolicy, filterPolicyScope).unmetKeys(message);
      const reasons = unmet.map(({ key, given: values }) => {
        const has = values ? values.map(String).join(', ') : 'not there';
        return `${key} is ${has}, wanted ${JSON.stringify(wanted[key]) ?? 'otherwise'}`;
      });
      add(parent, {
        ...{ ...common, title: 'filtered out', state: 'quiet' },
        note: reasons.join('; ') || 'the message has none of the attributes that the policy needs',
        facts: { subscription: subscription.subscriptionArn, scope: filterPolicyScope },
        json: () => ({ 'filter policy': policy }),
      });
      return;
    }
    const step = add(parent, {
      ...{ ...common, title: outcome, state: outcome === 'failed' ? 'bad' : 'good' },
      note: subscription.error ?? '',
      facts: { subscription: subscription.subscriptionArn, 'message id': subscription.queueMessageId },
    });
    if (subscription.queueMessageId !== undefined) queued(step, subscription.queueMessageId);
    if (subscription.requestId !== undefined) asynchronous(step, subscription.requestId);
  };

  /** An event in the queue of a function: every attempt, the waits between them, and the destinations that received its result. */
  const asynchronous = (parent: TraceStep | undefined, requestId: string) => {
    if (!isNew(requestId, parent)) return;
    const told = evidence.asynchronousOf(requestId);
    const runs = evidence.invocationsOf(requestId);
    const accepted = told.find(({ type }) => type === 'accepted');
    const at = accepted?.at ?? runs[0]?.at ?? parent?.at ?? 0;
    const until = runs[0]?.at ?? told.find(({ type }) => type === 'ended')?.at;
    const functionName = accepted?.functionName ?? runs[0]?.functionName;
    const step = add(parent, {
      ...{ kind: 'wait', title: 'in the queue of the function', at, ...(until !== undefined && { until }) },
      note: until === undefined ? 'waits' : `${Math.max(0, until - at)} ms`,
      state: until === undefined ? 'waiting' : 'quiet',
      ...(functionName !== undefined && { place: nameOf(functionName) }),
      facts: {
        'request id': requestId,
        'sent by': accepted?.type === 'accepted' && accepted.sender ? nameOf(accepted.sender) : undefined,
      },
    });
    let before: RecordedInvocation | undefined;
    for (const run of runs) {
      if (before?.answer) waited(step, before.answer.at, run.at);
      const number = runs.indexOf(run) + 1;
      const error = causeOf(run, requestId);
      const isBad = run.answer?.result.kind === 'error';
      invocation(step, run, wholeConcern, {
        ...(number > 1 && { note: `attempt ${number}${isBad ? `; ${error}` : ''}` }),
      });
      before = run;
    }
    const last = told.at(-1);
    if (last?.type === 'put back') {
      add(step, {
        ...{ kind: 'wait', title: 'waits for its retry', state: 'waiting', at: last.at },
        note: `${last.detail}; next at ${new Date(last.nextAt).toISOString()}`,
      });
    }
    if (last?.type === 'ended' && (last.condition !== 'Success' || last.sent.length > 0)) {
      const isGood = last.condition === 'Success';
      const sent = last.sent.map(({ arn, error }) => `${nameOf(arn)}${error ? ` not told: ${error}` : ''}`);
      add(step, {
        ...{ kind: 'end', title: isGood ? 'done' : 'given up', at: last.at, until: last.at },
        note: `${last.condition}${sent.length > 0 ? `, told ${sent.join(', ')}` : ', nobody told'}`,
        state: isGood ? 'good' : 'bad',
      });
    }
  };

  const queued = (parent: TraceStep | undefined, queueMessageId: string) => {
    if (!isNew(queueMessageId, parent)) return;
    const arrived = evidence.arrived(queueMessageId);
    const attempts = evidence.attemptsOf(queueMessageId);
    const [first] = attempts;
    const at = arrived?.at ?? parent?.at ?? 0;
    const until = first ? startOf(first) : evidence.movesOf(queueMessageId)[0]?.at;
    const step = add(parent, {
      ...{ kind: 'wait', title: 'in the queue', at, ...(until !== undefined && { until }) },
      note: until === undefined ? 'waits' : `${Math.max(0, until - at)} ms`,
      state: until === undefined ? 'waiting' : 'quiet',
      ...(arrived && { place: nameOf(arrived.queueName), json: () => ({ body: parsedJson(arrived.body) }) }),
      facts: { 'message id': queueMessageId },
    });
    delivered(step, queueMessageId, attempts);
  };

  switch (root.kind) {
    case 'request':
      request(root.request);
      break;
    case 'invocation':
      invocation(undefined, root.invocation, wholeConcern);
      break;
    case 'record':
      record(undefined, root.record);
      break;
    case 'message':
      queued(undefined, root.queueMessageId);
      break;
    case 'event':
      asynchronous(undefined, root.requestId);
  }
  return { root: idOf(root), steps, isCut };
};
