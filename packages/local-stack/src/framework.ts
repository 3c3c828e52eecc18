import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Service } from './build/build.ts';
import type { Selection } from './build/fingerprint.ts';
import { parseSettings } from './settings.ts';

/** The parts of the Serverless Framework that the local stack uses. */
export interface Framework {
  serviceDir: string;
  service: {
    getAllFunctions(): string[];
    getFunction(key: string): { name: string; handler?: string; package?: { artifact?: string } };
    /** The archive of all functions, unless they are packaged individually. */
    package?: { artifact?: string };
    custom?: { localStack?: unknown; esbuild?: unknown };
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

const Selected = z.object({
  stage: z.string().optional(),
  region: z.string().optional(),
  param: z
    .union([z.string().transform((pair) => [pair]), z.array(z.string())])
    .nullish()
    .transform((pairs) => pairs ?? undefined),
});

/** The options that select what is built. */
export const selectionOf = (options: CommandOptions): Selection => Selected.parse(options);

/** The service as the build sees it. @param options the framework's own, shared with its plugins */
export const serviceOf = (framework: Framework, options: CommandOptions): Service => {
  const provider = framework.getProvider('aws');
  const { naming } = provider;
  const directory = framework.serviceDir;
  return {
    directory,
    selection: selectionOf(options),
    stackName: naming.getStackName(),
    stage: provider.getStage(),
    region: provider.getRegion(),
    settings: parseSettings(framework.service.custom?.localStack),
    // What is no plain data (a function, a file of plugins) cannot be kept with a build.
    esbuild: z.record(z.string(), z.json()).safeParse(framework.service.custom?.esbuild).data,
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
            handler: definition.handler ?? '',
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
