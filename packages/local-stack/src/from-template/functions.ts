import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Build } from '../build/build.ts';
import type { EngineEndpoints } from '../engines/index.ts';
import { accessKeyOf } from '../iam/index.ts';
import type { FunctionDefinition } from '../lambda-runtime/index.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import { UserError } from '../user-error.ts';

const FunctionProperties = z.object({
  Handler: z.string(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  ReservedConcurrentExecutions: z.number().optional(),
  Environment: z
    .object({ Variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) })
    .default({ Variables: {} }),
});

/** What points the AWS SDK at the engines, unknown to the code that uses it. */
const endpointVariables = (
  { dynamoDb, messaging }: EngineEndpoints,
  secretsManager: string,
  { lambda, eventBridge }: { lambda: string | undefined; eventBridge: string },
): Record<string, string> => ({
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
  AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamoDb,
  AWS_ENDPOINT_URL_SNS: messaging,
  AWS_ENDPOINT_URL_SQS: messaging,
  AWS_ENDPOINT_URL_S3: messaging,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
  AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge,
  ...(lambda !== undefined && { AWS_ENDPOINT_URL_LAMBDA: lambda }),
});

/** A day: longer than anybody looks at one line. */
const DEBUGGING_SECONDS = 86_400;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4_096;

/** @throws {UserError} for variables that Lambda would not take */
export const refuseLargeEnvironment = (
  logicalId: string,
  variables: Readonly<Record<string, unknown>>,
): void => {
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes > MAX_ENVIRONMENT_BYTES)
    throw new UserError(
      `${logicalId}: its environment variables take ${bytes} bytes, more than the ${MAX_ENVIRONMENT_BYTES} that Lambda allows`,
    );
};

const HANDLER_EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * The file of a handler, as Lambda's runtime looks for it.
 * @param path the file without its extension
 * @throws {UserError} when the deployment archive has none
 */
const handlerFileOf = (path: string, logicalId: string): string => {
  const file = HANDLER_EXTENSIONS.map((extension) => `${path}${extension}`).find(existsSync);
  if (file !== undefined) return file;
  throw new UserError(
    `${logicalId}: the deployment archive holds no ${basename(path)} with ${HANDLER_EXTENSIONS.join(', ')} for its handler`,
  );
};

/**
 * The functions of a template as the runtime needs them, each with the code of its deployment archive.
 * @param options.endpointsOf where the function of a logical id reaches the engines
 * @param options.secretsManager where they reach Secrets Manager
 * @param options.eventBridge where they reach EventBridge's PutEvents
 * @param options.lambda where they reach Lambda's Invoke; nowhere when absent
 * @param options.maxTimeoutSeconds no function gets a longer timeout
 * @param options.debugging no function times out while a debugger may stop it
 */
export const functionDefinitions = (
  provisioned: ProvisionedTemplate,
  build: Pick<Build, 'codeDirectoryOf'>,
  {
    endpointsOf,
    secretsManager,
    lambda,
    eventBridge,
    region,
    maxTimeoutSeconds = Number.POSITIVE_INFINITY,
    debugging = false,
  }: {
    endpointsOf: (logicalId: string) => EngineEndpoints;
    secretsManager: string;
    lambda?: string | undefined;
    eventBridge: string;
    region: string;
    maxTimeoutSeconds?: number | undefined;
    debugging?: boolean | undefined;
  },
): FunctionDefinition[] =>
  provisioned.ofType('AWS::Lambda::Function').map(({ logicalId, ref, attributes, properties }) => {
    const declared = FunctionProperties.parse(properties);
    refuseLargeEnvironment(logicalId, declared.Environment.Variables);
    const dot = declared.Handler.lastIndexOf('.');
    return {
      functionName: ref,
      functionArn: attributes.Arn ?? ref,
      region,
      handlerFile: handlerFileOf(join(build.codeDirectoryOf(ref), declared.Handler.slice(0, dot)), logicalId),
      handlerExport: declared.Handler.slice(dot + 1),
      timeoutSeconds: debugging ? DEBUGGING_SECONDS : Math.min(declared.Timeout, maxTimeoutSeconds),
      memoryMegabytes: declared.MemorySize,
      ...(declared.ReservedConcurrentExecutions !== undefined && {
        reservedConcurrency: declared.ReservedConcurrentExecutions,
      }),
      environment: {
        ...Object.fromEntries(
          Object.entries(declared.Environment.Variables).map(([name, value]) => [name, String(value)]),
        ),
        // Its calls are known by it.
        AWS_ACCESS_KEY_ID: accessKeyOf(ref),
        ...endpointVariables(endpointsOf(logicalId), secretsManager, { lambda, eventBridge }),
      },
    };
  });
