import { fileURLToPath } from 'node:url';
import {
  createLambdaRuntime,
  type FunctionDefinition,
  type FunctionLogLine,
  type LambdaRuntime,
  type LambdaRuntimeOptions,
} from '../../src/lambda-runtime/index.ts';
import type { MetricDatum } from '../../src/metrics/metric.ts';

export const bundle = (file: string): string => fileURLToPath(new URL(`./bundles/${file}`, import.meta.url));

/** A function whose name is its handler's. */
export const defineFunction = (
  handlerExport: string,
  properties: Partial<FunctionDefinition> = {},
): FunctionDefinition => ({
  functionName: handlerExport,
  functionArn: `arn:aws:lambda:eu-west-1:000000000000:function:${handlerExport}`,
  region: 'eu-west-1',
  handlerFile: bundle('handlers.cjs'),
  handlerExport,
  environment: {},
  timeoutSeconds: 10,
  memoryMegabytes: 256,
  ...properties,
});

export interface TestRuntime extends LambdaRuntime {
  lines: FunctionLogLine[];
  metrics: MetricDatum[];
  /** Values of one metric of a function, in order. */
  values(name: string, functionName: string): number[];
}

const running: LambdaRuntime[] = [];

/** A runtime that `stopRuntimes` ends. */
export function startRuntime(
  functions: readonly FunctionDefinition[],
  options: Partial<LambdaRuntimeOptions> = {},
): TestRuntime {
  const lines: FunctionLogLine[] = [];
  const metrics: MetricDatum[] = [];
  const runtime = createLambdaRuntime({
    functions,
    metrics: (datum) => metrics.push(datum),
    log: (line) => lines.push(line),
    ...options,
  });
  running.push(runtime);
  const values = (name: string, functionName: string) =>
    metrics
      .filter((datum) => datum.name === name && datum.dimensions.FunctionName === functionName)
      .map(({ value }) => value);
  return { ...runtime, lines, metrics, values };
}

export const stopRuntimes = async (): Promise<void> => {
  await Promise.all(running.splice(0).map((runtime) => runtime.stop()));
};

/** Resolves when the condition holds, looking every few milliseconds so as not to take a core from the workers. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};
