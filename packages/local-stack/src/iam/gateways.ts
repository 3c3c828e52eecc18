import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineEndpoints } from '../engines/index.ts';
import type { ResourceFault } from '../faults/resource-fault.ts';
import type { MadeCall } from '../trace/call.ts';
import type { ResourceActivity } from '../trace/record-calls.ts';
import type { Grant } from './evaluate.ts';
import type { RightsListener } from './judge.ts';
import type { Refusal } from './refusal.ts';
import type { Rights } from './rights.ts';

export type GatewayRequest =
  | { ask: 'enforce'; rights: Rights }
  | { ask: 'break'; faults: readonly ResourceFault[] }
  | { ask: 'calls'; id: number; latest: number }
  | { ask: 'activity'; id: number }
  | { ask: 'stop' };

export type GatewayReport =
  | { kind: 'listening'; endpoints: EngineEndpoints }
  | { kind: 'enforcing' }
  | { kind: 'answer'; id: number; answer: GatewayAnswer }
  | { kind: 'granted'; functionName: string; grant: Grant }
  | { kind: 'refused'; functionName: string; refusal: Refusal };

/** Each question fills in what it asks for. */
interface GatewayAnswer {
  readonly calls?: readonly MadeCall[];
  readonly activity?: readonly ResourceActivity[];
}

/** The proxies in front of the engines that refuse what functions may not do. Other callers' calls pass. */
export interface Gateways {
  readonly endpoints: EngineEndpoints;
  /** Resolves when these rights count; until then every call passes. */
  enforce(rights: Rights, listener: RightsListener): Promise<void>;
  /** From now on calls of functions meet these faults, and no others. */
  break(faults: readonly ResourceFault[]): void;
  /** The latest calls of functions, so many at most, oldest first. */
  calls(latest: number): Promise<readonly MadeCall[]>;
  /** What functions do with each resource. */
  activity(): Promise<readonly ResourceActivity[]>;
  stop(): Promise<void>;
}

/**
 * Starts the gateways on 127.0.0.1, in a thread of their own: in the main one every call would wait for the work of
 * pollers and invocations.
 */
export const startGateways = async (
  targets: EngineEndpoints,
  ports: EngineEndpointPorts,
): Promise<Gateways> => {
  const worker = new Worker(new URL(`./gateway-worker${extname(import.meta.filename)}`, import.meta.url), {
    workerData: { targets, ports },
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ask = (request: GatewayRequest) => worker.postMessage(request);
  const asked = new Map<number, (answer: GatewayAnswer) => void>();
  let questions = 0;
  const question = (request: (id: number) => GatewayRequest): Promise<GatewayAnswer> =>
    new Promise((resolve) => {
      questions += 1;
      asked.set(questions, resolve);
      ask(request(questions));
    });
  const listening = Promise.withResolvers<EngineEndpoints>();
  let enforcing = Promise.withResolvers<void>();
  let enforced: { rights: Rights; listener: RightsListener } | undefined;
  const sessionOf = (functionName: string) =>
    enforced?.rights.sessions.find((session) => session.functionName === functionName);
  worker.on('error', (error) => {
    listening.reject(error);
    enforcing.reject(error);
    enforcing.promise.catch(() => {}); // Met by whoever waits for it, if anybody does.
  });
  worker.on('message', (report: GatewayReport) => {
    if (report.kind === 'listening') return listening.resolve(report.endpoints);
    if (report.kind === 'enforcing') return enforcing.resolve();
    if (report.kind === 'answer') {
      asked.get(report.id)?.(report.answer);
      asked.delete(report.id);
      return;
    }
    const session = sessionOf(report.functionName);
    if (!session) return;
    if (report.kind === 'granted') enforced?.listener.granted(session, report.grant);
    else enforced?.listener.refused(session, report.refusal);
  });
  return {
    endpoints: await listening.promise,
    enforce: (rights, listener) => {
      enforced = { rights, listener };
      enforcing = Promise.withResolvers<void>();
      ask({ ask: 'enforce', rights });
      return enforcing.promise;
    },
    break: (faults) => ask({ ask: 'break', faults }),
    calls: async (latest) => (await question((id) => ({ ask: 'calls', id, latest }))).calls ?? [],
    activity: async () => (await question((id) => ({ ask: 'activity', id }))).activity ?? [],
    stop: async () => {
      const gone = once(worker, 'exit');
      ask({ ask: 'stop' });
      await gone;
    },
  };
};

interface EngineEndpointPorts {
  readonly dynamoDb: number;
  readonly messaging: number;
}
