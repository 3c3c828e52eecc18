import path from 'node:path';

/** A Lambda function as the runtime needs it: from the template's properties and the built bundle. */
export interface FunctionDefinition {
  functionName: string;
  functionArn: string;
  region: string;
  /** Absolute path of the built bundle, CommonJS (`.js`, `.cjs`) or ESM (`.mjs`). */
  handlerFile: string;
  /** Name of the exported handler, for example `handler`. */
  handlerExport: string;
  /** The function's own variables, every intrinsic resolved. */
  environment: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  memoryMegabytes: number;
  reservedConcurrency?: number | undefined;
  /** Default `/aws/lambda/<functionName>`. */
  logGroupName?: string | undefined;
}

/** The handler as Lambda writes it in `_HANDLER` and in its messages: `module.export`. */
export function handlerString({ handlerFile, handlerExport }: FunctionDefinition): string {
  return `${path.basename(handlerFile, path.extname(handlerFile))}.${handlerExport}`;
}

/**
 * The variables that a function sees: Lambda's reserved ones over its own. Of the machine's environment only
 * PATH comes in, so that nothing works here that would be missing on AWS.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function environmentOf(definition: FunctionDefinition, logStreamName: string): Record<string, string> {
  const { region } = definition;
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }),
    // Any credentials do for the embedded engines; the SDK refuses to run without.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...definition.environment,
    _HANDLER: handlerString(definition),
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: definition.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroupName ?? `/aws/lambda/${definition.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    LAMBDA_TASK_ROOT: path.dirname(definition.handlerFile),
    LAMBDA_RUNTIME_DIR: '/var/runtime',
  };
}
