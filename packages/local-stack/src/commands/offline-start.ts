import { buildService } from '../build/build.ts';
import { type CommandOptions, type Framework, serviceOf } from '../framework.ts';
import { runStack } from './run-stack.ts';
import { parseStartOptions } from './start-options.ts';

/** `sls offline start`: runs the whole service until it is asked to stop. */
export const offlineStart = async (framework: Framework, given: CommandOptions): Promise<void> => {
  const startedAt = Date.now();
  const options = parseStartOptions(given);
  const service = serviceOf(framework, given);
  await runStack(() => buildService(service), service.selection, options, startedAt);
};
