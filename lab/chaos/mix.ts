import type { PushBehaviour } from './push-endpoint.ts';

/**
 * What can happen to a call of a function to an engine:
 * - `throttle`: refused, as over capacity
 * - `error`: 500, nothing done
 * - `reset`: the connection ends before the work
 * - `lost`: the connection ends after the work
 * - `slow`: an answer that takes its time
 * - `hang`: no answer within the function's timeout, the work done or not
 * - `crash before`, `crash after`: the function's environments die before or after the work
 * - `partial`: of a batch only a part is done, and the answer says so (PublishBatch, BatchWriteItem, BatchExecuteStatement)
 * - `partial and silent`: of a PublishBatch only a part is done, and the answer does not mention the rest
 * - `partial but done`: the answer of PublishBatch names messages as failed that were delivered
 */
export const CALL_FAULTS = [
  'throttle',
  'error',
  'reset',
  'lost',
  'slow',
  'hang',
  'crash before',
  'crash after',
  'partial',
  'partial and silent',
  'partial but done',
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];

/**
 * What can happen to a message or record on its way from a queue or the stream to its function:
 * - `twice`: handed out again though it was handed out
 * - `late`: kept back for a second or two, so that later ones overtake it
 * - `not deleted`: handled, but it stays in the queue and comes again
 * - `receive lost`: the answer with the messages never arrived
 * - `too old`: the record is seven hours old when it is read
 * - `expired`: the message outlives the retention of its queue, and is gone
 */
export const DELIVERY_FAULTS = [
  'twice',
  'late',
  'not deleted',
  'receive lost',
  'too old',
  'expired',
] as const;
export type DeliveryFault = (typeof DELIVERY_FAULTS)[number];

/** A named set of faults, each with its rate from 0 to 1: of calls, deliveries, requests to the push service. */
export interface Mix {
  about: string;
  calls?: Partial<Record<CallFault, number>>;
  /** Outages: this share of stretches of 12 calls of one kind, in which nearly every call suffers its fault. */
  outages?: number;
  deliveries?: Partial<Record<DeliveryFault, number>>;
  push?: Partial<Record<Exclude<PushBehaviour, 'take'>, number>>;
  /** Kills of the whole stack for each 500 posts, at random moments. */
  kills?: number;
  /** Of stories, so many are items that break the contract; and so many messages that nobody can read. */
  poison?: number;
  /** Whether an operator repairs in the end what queues lost: reviews by a replay, the search index by a rebuild. */
  repair?: boolean;
}

const mixes = {
  calm: { about: 'no faults: what the figures of the others are compared with' },
  throttles: {
    about:
      'throttles and errors of DynamoDB, SNS, SQS and S3, also for stretches; partial batches; a busy push service',
    calls: { throttle: 0.04, error: 0.03, partial: 0.05 },
    outages: 0.02,
    push: { busy: 0.05 },
  },
  'lost-responses': {
    about: 'connections that end before the work or after it, for functions, pollers and the push service',
    calls: { reset: 0.03, lost: 0.05, 'partial but done': 0.05 },
    deliveries: { 'receive lost': 0.01, 'not deleted': 0.03 },
    push: { 'hang up': 0.03, 'take and lose the answer': 0.03 },
  },
  'duplicates-and-reordering': {
    about: 'messages handed out twice, and late, so that later ones overtake them',
    calls: { 'partial but done': 0.1 },
    deliveries: { twice: 0.15, late: 0.2, 'not deleted': 0.03 },
  },
  crashes: {
    about: 'functions that die in the middle of a batch, run into their timeout, or are slow',
    calls: { 'crash before': 0.002, 'crash after': 0.003, hang: 0.0015, slow: 0.02 },
    deliveries: { late: 0.05 },
  },
  poison: {
    about:
      'items that break the contract, messages that nobody can read, records that are too old when they are read',
    deliveries: { 'too old': 0.06, late: 0.05 },
    poison: 0.03,
  },
  kills: { about: 'kill -9 of the whole stack', kills: 4, deliveries: { late: 0.05 } },
  expiry: {
    about:
      'messages that outlive the retention of their queue; in the end an operator repairs from the table',
    deliveries: { expired: 0.1, late: 0.05 },
    repair: true,
  },
  outages: {
    about: 'stretches of failing calls, half of each batch refused, a push service that is busy, poison',
    calls: { throttle: 0.03, error: 0.03, reset: 0.02, partial: 0.15, 'partial and silent': 0.1 },
    outages: 0.12,
    deliveries: { late: 0.1 },
    push: { busy: 0.1, 'hang up': 0.05 },
    poison: 0.1,
  },
  slow: {
    about:
      'a third of all calls take up to one and a half seconds: whoever reads and then writes meets others',
    calls: { slow: 0.35 },
  },
  'cut-off': {
    about: 'functions that die after much of what they wrote',
    calls: { 'crash after': 0.02, lost: 0.05 },
    deliveries: { late: 0.1 },
  },
  everything: {
    about: 'all of it together',
    calls: {
      ...{ throttle: 0.01, error: 0.01, reset: 0.01, lost: 0.015, slow: 0.01, hang: 0.0005 },
      ...{ 'crash before': 0.0005, 'crash after': 0.001, partial: 0.02, 'partial but done': 0.02 },
    },
    outages: 0.005,
    deliveries: { twice: 0.05, late: 0.1, 'not deleted': 0.02, 'receive lost': 0.003, 'too old': 0.02 },
    push: { busy: 0.02, 'hang up': 0.01, 'take and lose the answer': 0.01 },
    kills: 2,
    poison: 0.005,
  },
  short: {
    about: 'what does not make anybody wait, and one kill -9: for npm test',
    calls: { throttle: 0.01, error: 0.01, reset: 0.01, lost: 0.03, partial: 0.05, 'partial but done': 0.1 },
    deliveries: { twice: 0.15, late: 0.15, 'too old': 0.03 },
    push: { 'take and lose the answer': 0.02 },
    kills: 1,
    poison: 0.08,
  },
} as const satisfies Record<string, Mix>;

export type MixName = keyof typeof mixes;
export const MIXES: Readonly<Record<MixName, Mix>> = mixes;
export const isMixName = (name: string): name is MixName => Object.hasOwn(mixes, name);
