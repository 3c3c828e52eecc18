import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Clients, createClients } from '../../../packages/local-stack/src/clients.ts';
import {
  forgetData,
  type LaunchedStack,
  type LaunchOptions,
  launchStack,
} from '../../../packages/local-stack/src/launch.ts';
import { serviceDirectory } from '../../../scripts/service-copy.ts';

/** A local stack in a process and a data directory of its own, and clients of its engines. */
export interface MeasuredStack extends LaunchedStack {
  clients: Clients;
}

/** Runs `work` on a fresh local stack of the service, which is gone afterwards, its data too. */
export const onFreshStack = async <Result>(
  name: string,
  options: Pick<LaunchOptions, 'parameters' | 'commandOptions' | 'environment'>,
  work: (stack: MeasuredStack) => Promise<Result>,
): Promise<Result> => {
  const dataDirectory = join(serviceDirectory, '.local', `bench-${name}-${process.pid}`);
  mkdirSync(dataDirectory, { recursive: true });
  try {
    const stack = await launchStack({ serviceDirectory, dataDirectory, ...options });
    const clients = createClients(stack.running.endpoints, 'us-east-1');
    try {
      return await work({ ...stack, clients });
    } finally {
      clients.destroy();
      await stack.stop();
    }
  } finally {
    await forgetData(dataDirectory);
  }
};
