import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Service } from './build.ts';
import { parseSettings } from './settings.ts';

/** The parts of the Serverless Framework that the local stack uses. */
export interface Framework {
  serviceDir: string;
  configurationInput: unknown;
  service: {
    getAllFunctions(): string[];
    getFunction(key: string): { name: string; package?: { artifact?: string } };
    /** The archive of all functions, unless they are packaged individually. */
    package?: { artifact?: string };
    custom?: { localStack?: unknown };
  };
  pluginManager: {
    spawn(command: string): Promise<void>;
    hooks: Record<string, { pluginName: string }[]>;
  };
  getProvider(name: 'aws'): {
    getStage(): string;
    getRegion(): string;
    naming: { getStackName(): string; getCompiledTemplateFileName(): string };
  };
}

/** Text options as the framework hands them over, `--httpPort 0` becoming `{ httpPort: '0' }`. */
export type CommandOptions = Record<string, unknown>;

const Artifact = z.string({ error: 'the framework packaged no archive' });

/** The service as the build sees it. @param options the framework's own, shared with its plugins */
export const serviceOf = (framework: Framework, options: { function?: unknown }): Service => {
  const { naming } = framework.getProvider('aws');
  const directory = framework.serviceDir;
  return {
    directory,
    configuration: framework.configurationInput,
    stackName: naming.getStackName(),
    settings: parseSettings(framework.service.custom?.localStack),
    async package() {
      // The bundler packages only the function that the command line names, as `sls invoke local` does.
      const named = options.function;
      delete options.function;
      await framework.pluginManager.spawn('package');
      options.function = named;
      return {
        templateFile: join(directory, '.serverless', naming.getCompiledTemplateFileName()),
        archives: framework.service.getAllFunctions().map((key) => {
          const definition = framework.service.getFunction(key);
          return {
            functionName: definition.name,
            file: resolve(
              directory,
              Artifact.parse(definition.package?.artifact ?? framework.service.package?.artifact),
            ),
          };
        }),
      };
    },
  };
};
