import type { Answer, Call } from '../engine-proxy/proxy.ts';
import type { JudgedCall } from '../iam/judge.ts';
import { publishPart, sayFailed, saySendFailed, sayUnprocessed, sendPart, writePart } from './batches.ts';
import { type Service, throttled } from './refusals.ts';

/** What a topic, table, queue or bucket does to the calls of functions. */
export interface ResourceFault {
  /** As people read it, in traces. */
  readonly name: string;
  readonly arn: string;
  readonly kind: 'throttles' | 'half' | 'away';
}

type Send = (call: Call) => Promise<Answer | undefined>;

const isOf = ({ arn }: ResourceFault, { needs }: JudgedCall): boolean =>
  needs.some(({ resource }) => resource === arn || resource.startsWith(`${arn}/`));

/** The fault that a call meets, if any. */
export const faultOfCall = (
  faults: readonly ResourceFault[],
  judged: JudgedCall,
): ResourceFault | undefined =>
  faults.find((fault) => isOf(fault, judged) && (fault.kind !== 'half' || HALVES[judged.operation]));

/** Every second entry of all batches, so that a retry of the failed ones succeeds. */
let entries = 0;
const isSecond = (): boolean => {
  entries += 1;
  return entries % 2 === 0;
};

const HALVES: Readonly<Record<string, (call: Call, send: Send) => Promise<Answer | undefined>>> = {
  PublishBatch: async (call, send) => {
    const { call: part, failedIds } = publishPart(call, isSecond);
    return sayFailed(part && (await send(part)), failedIds);
  },
  SendMessageBatch: async (call, send) => {
    const { call: part, failedIds } = sendPart(call, isSecond);
    return saySendFailed(part && (await send(part)), failedIds);
  },
  BatchWriteItem: async (call, send) => {
    const { call: part, unprocessed } = writePart(call, isSecond);
    const answer = await send(part);
    return answer && sayUnprocessed(answer, unprocessed);
  },
};

const serviceOf = ({ service }: JudgedCall): Service =>
  service === 'secretsmanager' || service === 'lambda' || service === 'events' ? 'dynamodb' : service;

/** @returns the answer; undefined to hang up */
export const suffer = (
  { kind }: ResourceFault,
  judged: JudgedCall,
  call: Call,
  send: Send,
): Promise<Answer | undefined> => {
  if (kind === 'away') return Promise.resolve(undefined);
  if (kind === 'throttles') return Promise.resolve(throttled(serviceOf(judged)));
  return HALVES[judged.operation]?.(call, send) ?? send(call);
};
