import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { createClients } from '#local/clients.ts';
import { findRunningStack } from '#local/running-stack.ts';
import { stateDirectory } from '#local/state-directory.ts';
import { OperatorError } from '../../operator-error.ts';
import { failureLog, type ReadFailureLog } from './failure-log.ts';
import type { Target } from './target.ts';

const Refs = z.record(z.string(), z.string());

const refsOfType = async (consoleUrl: string, type: string): Promise<ReadonlyMap<string, string>> => {
  const answer = await fetch(`${consoleUrl}/resources?type=${encodeURIComponent(type)}`);
  return new Map(Object.entries(Refs.parse(await answer.json())));
};

/**
 * The local stack that runs on a data directory.
 * @throws {OperatorError} when none does
 */
export const localTarget = (dataDirectory: string, region: string): Target => {
  const state = stateDirectory(resolve(dataDirectory));
  const running = findRunningStack(state);
  if (!running)
    throw new OperatorError(`no local stack is running on ${state.root}: start it with npm start`);

  const { destroy, ...clients } = createClients(running.endpoints, region);
  const lambda = new LambdaClient({
    region,
    endpoint: running.lambdaUrl,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const ofType = (type: string) => refsOfType(running.consoleUrl, type);

  const readFailureLog: ReadFailureLog = async (functionId, since) => {
    const log = failureLog(since);
    const functionName = (await ofType('AWS::Lambda::Function')).get(functionId);
    const file = join(state.logs, `${functionName}.log`);
    if (!existsSync(file)) return log.found;
    for await (const line of createInterface({ input: createReadStream(file) })) log.add(line);
    return log.found;
  };

  return {
    name: `the local stack of ${running.apiUrl}`,
    clients: { ...clients, lambda },
    ofType,
    movesMessages: false,
    receiveWaitSeconds: 0,
    readFailureLog,
    close: () => {
      destroy();
      lambda.destroy();
    },
  };
};
