import { EVENT_SOURCE_MAPPINGS } from '../../../packages/local-stack/src/endpoint-proxy.ts';
import { type Call, type Forward, startProxy } from '../../../packages/local-stack/src/engine-proxy/proxy.ts';
import type { RunningStack } from '../../../packages/local-stack/src/running-stack.ts';
import type { Mix } from '../mix.ts';
import { functionCalls } from './calls.ts';
import { deliveries } from './deliveries.ts';
import { type Journal, newJournal, noteNotifications } from './journal.ts';
import { operationOf } from './operation.ts';

/** Everything between the functions with their pollers, and the engines. It outlives the stack's kills. */
export interface FaultProxy {
  endpoint: string;
  journal: Journal;
  /** Calls go to this stack from now on; with undefined it was killed, and calls wait for the next. */
  leadTo(stack: RunningStack | undefined): void;
  /** From now on every call is answered as the engines do. */
  endFaults(): void;
  stop(): Promise<void>;
}

/**
 * Starts the fault proxy on 127.0.0.1.
 * @param options.maxTimeoutSeconds the functions' timeout
 * @param options.visibilitySeconds how long a received message stays hidden
 */
export const startFaultProxy = async (options: {
  seed: number;
  mix: Mix;
  maxTimeoutSeconds: number;
  visibilitySeconds: number;
}): Promise<FaultProxy> => {
  const { seed, maxTimeoutSeconds, visibilitySeconds } = options;
  let mix: Mix = options.mix;
  let next = Promise.withResolvers<RunningStack>();
  let stack: Promise<RunningStack> = next.promise;
  const journal = newJournal();

  const crash = async (functionId: string) => {
    const { consoleUrl } = await stack;
    await fetch(`${consoleUrl}/functions/${functionId}/crash`, { method: 'POST' });
  };
  const onCall = functionCalls({ seed, mix: () => mix, journal, maxTimeoutSeconds, crash });
  const pollers = deliveries({ seed, rates: () => mix.deliveries ?? {}, journal, visibilitySeconds });

  const handle = async (received: Call, forward: Forward, hasHungUp: () => boolean) => {
    const operation = operationOf(received);
    const { endpoints } = await stack;
    // The last calls of a stack that was killed waited for the next one, too, and must not reach it.
    if (hasHungUp()) return undefined;
    const engine = async (call: Call) => {
      const answer = await forward(call, endpoints[operation.engine]);
      noteNotifications(journal, operation.name, call, answer);
      return answer;
    };
    if (operation.caller === EVENT_SOURCE_MAPPINGS)
      return pollers.answerTo(operation, engine) ?? engine(operation.call);
    if (operation.name === 'ChangeMessageVisibility') return pollers.postpone(operation, engine);
    return onCall(operation, engine);
  };
  const proxy = await startProxy(handle);

  return {
    endpoint: proxy.endpoint,
    journal,
    leadTo(running) {
      if (running) return next.resolve(running);
      pollers.endHiding();
      next = Promise.withResolvers<RunningStack>();
      stack = next.promise;
    },
    endFaults() {
      mix = { about: 'none' };
      pollers.endRepeats();
    },
    stop: proxy.stop,
  };
};
