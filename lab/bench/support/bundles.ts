import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { z } from 'zod';
import { serviceDirectory } from '../../../scripts/service-copy.ts';
import { compiledService } from '../../../tests/support/compiled-service.ts';

/** A function's code as it would be deployed, and the environment to load it in. */
export interface Bundle {
  name: string;
  file: string;
  environment: Record<string, string>;
}

const FunctionProperties = z.object({
  FunctionName: z.string(),
  Handler: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});

// What only a deployed stack knows is some text here: none of it is used before the first call.
const PLACEHOLDER = 'https://placeholder.example/of-a-value-that-only-a-deployed-stack-knows';

/** What every function finds in its environment on Lambda. */
const RUNTIME = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' };

/** The packaged functions of the service, those that are optional included. */
export const serviceBundles = async (): Promise<Bundle[]> => {
  const { template, codeDirectory } = await compiledService('dev', { archive: 'on', reminders: 'on' });
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => FunctionProperties.safeParse(Properties))
    .flatMap(({ data }) => (data === undefined ? [] : [data]))
    .map(({ FunctionName, Handler, Environment }) => {
      const name = FunctionName.replace(/^.*-/, '');
      const variables = Object.entries(Environment.Variables).map(([variable, value]) => [
        variable,
        typeof value === 'object' ? PLACEHOLDER : `${value}`,
      ]);
      return {
        name,
        file: join(codeDirectory(name), Handler.replace(/\.\w+$/, '.js')),
        environment: { ...RUNTIME, ...Object.fromEntries(variables) },
      };
    });
};

/** The packaged function of that name. @throws when there is none */
export const serviceBundle = async (name: string): Promise<Bundle> => {
  const bundle = (await serviceBundles()).find((one) => one.name === name);
  if (!bundle) throw new Error(`the service has no function ${name}`);
  return bundle;
};

const BundlerOptions = z.object({
  custom: z.object({
    esbuild: z.object({
      mainFields: z.array(z.string()),
      minify: z.boolean(),
      keepNames: z.boolean(),
      sourcemap: z.boolean(),
      sourcesContent: z.boolean(),
      target: z.string(),
      supported: z.record(z.string(), z.boolean()),
    }),
  }),
});

/**
 * Bundles sources that are given as text, by the bundler options of the service.
 * @param sources by the name of the bundle
 */
export const bareBundles = async (
  sources: Readonly<Record<string, string>>,
): Promise<{ fileOf(name: string): string; remove(): Promise<void> }> => {
  const configuration = BundlerOptions.parse(
    parse(await readFile(join(serviceDirectory, 'serverless.yml'), 'utf8')),
  );
  const directory = await mkdtemp(join(tmpdir(), 'bare-bundles-'));
  const fileOf = (name: string) => join(directory, `${name}.js`);
  await Promise.all(
    Object.entries(sources).map(([name, contents]) =>
      build({
        ...configuration.custom.esbuild,
        stdin: { contents, resolveDir: serviceDirectory, loader: 'ts' },
        bundle: true,
        platform: 'node',
        format: 'cjs',
        outfile: fileOf(name),
      }),
    ),
  );
  return { fileOf, remove: () => rm(directory, { recursive: true, force: true }) };
};
