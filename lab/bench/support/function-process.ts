import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';

const Measured = z.object({
  milliseconds: z.number(),
  cpuMilliseconds: z.number(),
  /** Of the process, from its own start on. */
  cpuMillisecondsSinceStart: z.number(),
  result: z.unknown(),
});
export type Measured = z.infer<typeof Measured>;

/** A function in a process of its own. */
export interface FunctionProcess {
  /** Invokes it `times` times, one after the other. CPU is of the whole process, for all of them. */
  invoke(event: unknown, times?: number): Promise<Measured>;
  stop(): Promise<void>;
}

/**
 * Starts a function as it is bundled.
 * @param options.stubbed answers every HTTP request inside the process: what is measured is the handler without the network
 */
export const startFunction = async (
  file: string,
  environment: Readonly<Record<string, string>>,
  { stubbed = false }: { stubbed?: boolean } = {},
): Promise<FunctionProcess> => {
  const child = fork(
    join(import.meta.dirname, 'function-process.cjs'),
    [file, stubbed ? 'stubbed' : 'real'],
    {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  // Read, as Lambda reads it, and dropped.
  child.stdout?.resume();
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`${file} ended with ${status}`);
  });
  // Whoever waits for a message learns of it; at the end nobody does.
  ended.catch(() => {});
  const answer = () => Promise.race([once(child, 'message'), ended]);
  await answer();
  return {
    invoke: async (event, times = 1) => {
      child.send({ event, times });
      const [message] = await answer();
      return Measured.parse(message);
    },
    stop: async () => {
      child.kill();
      await ended.catch(() => {});
    },
  };
};
