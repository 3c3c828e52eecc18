import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import type { ResourceFault } from '../faults/resource-fault.ts';
import { recordCalls } from '../trace/record-calls.ts';
import { startGateway } from './gateway.ts';
import type { GatewayReport, GatewayRequest } from './gateways.ts';
import { createJudge, type Judge } from './judge.ts';

const report = (message: GatewayReport) => parentPort?.postMessage(message);

let judge: Judge | undefined;
let faults: readonly ResourceFault[] = [];
const recorder = recordCalls();
const { targets, ports } = workerData;
const [dynamoDb, messaging] = await Promise.all(
  (['dynamoDb', 'messaging'] as const).map((engine) =>
    startGateway({
      target: targets[engine],
      port: ports[engine],
      judge: () => judge,
      faults: () => faults,
      recorder,
    }),
  ),
);

parentPort?.on('message', async (request: GatewayRequest) => {
  if (request.ask === 'stop') {
    await Promise.all([dynamoDb?.stop(), messaging?.stop()]);
    parentPort?.close();
    return;
  }
  if (request.ask === 'calls')
    return report({
      kind: 'answer',
      id: request.id,
      answer: { calls: recorder.calls().slice(-request.latest) },
    });
  if (request.ask === 'activity')
    return report({ kind: 'answer', id: request.id, answer: { activity: recorder.activity() } });
  if (request.ask === 'break') {
    ({ faults } = request);
    return;
  }
  const told = new Set<string>();
  judge = createJudge(request.rights, systemClock, {
    granted: ({ functionName }, grant) => {
      const { statement, action, resource } = grant;
      const name = `${functionName} ${statement.path} ${action} ${resource}`;
      if (told.has(name)) return;
      told.add(name);
      report({ kind: 'granted', functionName, grant });
    },
    refused: ({ functionName }, refusal) => {
      // What its context is read with cannot leave the thread.
      const { context: _, ...need } = refusal.need;
      report({ kind: 'refused', functionName, refusal: { ...refusal, need } });
    },
  });
  report({ kind: 'enforcing' });
});
report({
  kind: 'listening',
  endpoints: { dynamoDb: dynamoDb?.endpoint ?? '', messaging: messaging?.endpoint ?? '' },
});
