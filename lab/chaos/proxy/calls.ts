import { systemClock } from '../../../packages/local-stack/src/clock.ts';
import type { Answer } from '../../../packages/local-stack/src/engine-proxy/proxy.ts';
import {
  executePart,
  publishPart,
  sayFailed,
  saySomeFailed,
  sayUnprocessed,
  writePart,
} from '../../../packages/local-stack/src/faults/batches.ts';
import { failed, throttled } from '../../../packages/local-stack/src/faults/refusals.ts';
import { CALL_FAULTS, type CallFault, type Mix } from '../mix.ts';
import { share, weighted } from '../seeded.ts';
import type { ToEngine } from './deliveries.ts';
import { count, interrupting, type Journal } from './journal.ts';
import type { Operation } from './operation.ts';

/** Calls of one kind that an outage lasts. */
const OUTAGE_CALLS = 12;
const SHARE_IN_OUTAGE = 0.8;
const SLOW_MS = 1_500;

const BATCHES = ['PublishBatch', 'BatchWriteItem', 'BatchExecuteStatement'];

const isPossible = (fault: CallFault, { service, name }: Operation): boolean => {
  if (fault === 'partial') return BATCHES.includes(name);
  if (fault === 'partial but done' || fault === 'partial and silent') return service === 'sns';
  return true;
};

export interface CallsOptions {
  seed: number;
  mix: () => Pick<Mix, 'calls' | 'outages'>;
  journal: Journal;
  /** The functions' timeout. */
  maxTimeoutSeconds: number;
  /** Ends the environments of a function. */
  crash: (functionId: string) => Promise<void>;
}

/** What functions see of the engines. The n-th call of a kind suffers the same with the same seed. */
export const functionCalls = ({ seed, mix, journal, maxTimeoutSeconds, crash }: CallsOptions) => {
  const made = new Map<string, number>();

  const faultOf = (operation: Operation): { fault: CallFault | undefined; number: number } => {
    const kind = `${operation.caller} ${operation.service} ${operation.name}`;
    const number = (made.get(kind) ?? 0) + 1;
    made.set(kind, number);
    const { calls = {}, outages = 0 } = mix();
    const possible = CALL_FAULTS.filter((fault) => calls[fault] && isPossible(fault, operation));
    if (possible.length === 0) return { fault: undefined, number };
    const rates = possible.map((fault) => [fault, calls[fault] ?? 0] as const);
    const stretch = Math.floor(number / OUTAGE_CALLS);
    const isOutage = share(seed, 'outage', kind, stretch) < outages;
    const total = isOutage ? SHARE_IN_OUTAGE : rates.reduce((sum, [, rate]) => sum + rate, 0);
    if (share(seed, 'strikes', kind, number) >= total) return { fault: undefined, number };
    const at = isOutage ? share(seed, 'which', kind, stretch) : share(seed, 'which', kind, number);
    return { fault: weighted(at, rates), number };
  };

  const suffer = async (
    fault: CallFault,
    number: number,
    operation: Operation,
    engine: ToEngine,
  ): Promise<Answer | undefined> => {
    const { call, service, caller, name } = operation;
    const chance = (index: number) => share(seed, fault, caller, name, number, index);
    switch (fault) {
      case 'throttle':
        return throttled(service);
      case 'error':
        return failed(service);
      case 'reset':
        return undefined;
      case 'lost':
        await engine(call);
        return undefined;
      case 'slow':
        await systemClock.sleep(SLOW_MS * chance(0));
        return engine(call);
      case 'hang':
        if (chance(0) < 0.5) await engine(call);
        await systemClock.sleep((maxTimeoutSeconds + 1) * 1_000);
        return undefined;
      case 'crash before':
        await crash(caller);
        return undefined;
      case 'crash after':
        await engine(call);
        await crash(caller);
        return undefined;
      case 'partial': {
        const isLeft = (index: number) => chance(index) < 0.5;
        if (name === 'BatchWriteItem') {
          const { call: part, unprocessed } = writePart(call, isLeft);
          return sayUnprocessed(await engine(part), unprocessed);
        }
        if (name === 'BatchExecuteStatement') {
          const { call: part, failed } = executePart(call, isLeft);
          return saySomeFailed(await engine(part), failed);
        }
        const { call: part, failedIds } = publishPart(call, isLeft);
        return sayFailed(part && (await engine(part)), failedIds);
      }
      case 'partial and silent': {
        const { call: part } = publishPart(call, (index) => chance(index) < 0.5);
        return part ? engine(part) : sayFailed(undefined, []);
      }
      case 'partial but done': {
        const { failedIds } = publishPart(call, (index) => chance(index) < 0.5);
        return sayFailed(await engine(call), failedIds);
      }
    }
  };

  return async (operation: Operation, engine: ToEngine): Promise<Answer | undefined> => {
    const { fault, number } = faultOf(operation);
    if (!fault) return engine(operation.call);
    count(journal, fault);
    const work = () => suffer(fault, number, operation, engine);
    const interrupts =
      operation.caller.startsWith('Push') &&
      (operation.name === 'UpdateItem' || fault.startsWith('crash') || fault === 'hang');
    return interrupts ? interrupting(journal, `${fault} ${operation.name}`, work) : work();
  };
};
