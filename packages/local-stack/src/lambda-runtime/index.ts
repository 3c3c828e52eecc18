/**
 * A Lambda runtime for one machine: runs built bundles in worker threads, with Lambda's limits, errors, logs
 * and metrics. It knows nothing of what the functions do and reads no template.
 */
export { embeddedMetrics } from './embedded-metrics.ts';
export type { FunctionDefinition } from './function-definition.ts';
export type { FunctionLogLine, FunctionLogSink } from './function-log.ts';
export type { InvocationResult, InvokeFunction } from './invocation.ts';
export { type LambdaApi, serveLambdaApi } from './lambda-api.ts';
export {
  createLambdaRuntime,
  FunctionNotFoundError,
  type InvocationOptions,
  type LambdaRuntime,
  type LambdaRuntimeOptions,
  maximumPayloadBytes,
} from './lambda-runtime.ts';
