import { type Clients, createClients } from '../../../packages/local-stack/src/clients.ts';
import { type LaunchedStack, launchStack } from '../../../packages/local-stack/src/launch.ts';
import type { FaultProxy } from '../proxy/proxy.ts';

const REGION = 'us-east-1';

/** The stack that runs now, through its kills. */
export interface World {
  /** Waits for one while there is none. */
  stack(): Promise<LaunchedStack>;
  clients(): Promise<Clients>;
  /** kill -9, and a start on the same data. */
  killAndStart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the stack of a service behind the proxy. */
export const startWorld = async (options: {
  serviceDirectory: string;
  dataDirectory: string;
  proxy: FaultProxy;
  maxTimeoutSeconds: number;
  parameters: Readonly<Record<string, string>>;
}): Promise<World> => {
  const { serviceDirectory, dataDirectory, proxy, maxTimeoutSeconds, parameters } = options;
  const launch = async () => {
    const stack = await launchStack({
      serviceDirectory,
      dataDirectory,
      parameters,
      commandOptions: { endpointProxy: proxy.endpoint, maxTimeoutSeconds: `${maxTimeoutSeconds}` },
    });
    proxy.leadTo(stack.running);
    return { stack, clients: createClients(stack.running.endpoints, REGION) };
  };
  let current = launch();
  await current;
  return {
    stack: async () => (await current).stack,
    clients: async () => (await current).clients,
    async killAndStart() {
      const { stack, clients } = await current;
      proxy.leadTo(undefined);
      const killed = stack.kill();
      current = killed.then(launch);
      clients.destroy();
      await current;
    },
    async stop() {
      const { stack, clients } = await current;
      clients.destroy();
      await stack.stop();
    },
  };
};
