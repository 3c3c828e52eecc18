import { join } from 'node:path';
import { type LaunchedStack, type LaunchOptions, launchStack } from '../../../src/launch.ts';
import { type StateDirectory, stateDirectory } from '../../../src/state-directory.ts';
import { serviceCopy } from './service.ts';

/** A service of its own for a test file, and its stacks, one after the other on the same data. */
export interface TestStacks {
  serviceDirectory: string;
  state: StateDirectory;
  launch(options?: Partial<LaunchOptions>): Promise<LaunchedStack>;
  /** Ends the stack that runs. */
  end(): Promise<void>;
  remove(): Promise<void>;
}

export const testStacks = (): TestStacks => {
  const service = serviceCopy();
  const dataDirectory = join(service.directory, 'data');
  let stack: LaunchedStack | undefined;
  return {
    serviceDirectory: service.directory,
    state: stateDirectory(dataDirectory),
    launch: async (options) => {
      stack = await launchStack({ serviceDirectory: service.directory, dataDirectory, ...options });
      return stack;
    },
    end: async () => {
      await stack?.kill();
    },
    remove: service.remove,
  };
};
