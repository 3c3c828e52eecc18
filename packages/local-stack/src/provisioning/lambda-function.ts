import { z } from 'zod';
import { parseDeadLetterConfig, parseEventInvokeConfig } from '../asynchronous-invocation/index.ts';
import { arn, type Provider, physicalName, type ResourceType } from './resource-type.ts';

/** `AWS::Lambda::Function`: only its names; the stack gives it a runtime. */
export const lambdaFunction: ResourceType = async (resource, provider) => {
  parseDeadLetterConfig(resource.properties);
  const name = physicalName(resource, 'FunctionName', provider, 64);
  return { ref: name, attributes: { Arn: arn(provider, 'lambda', `function:${name}`) } };
};

/** The ARN of a function, whichever of its names a version or alias refers to it by. */
const functionArn = (name: string, provider: Provider): string =>
  name.startsWith('arn:') ? name : arn(provider, 'lambda', `function:${name}`);

const VersionProperties = z.object({ FunctionName: z.string() });

/** `AWS::Lambda::Version`: there is one version of the code here, the one that runs. */
export const lambdaVersion: ResourceType = async ({ properties }, provider) => {
  const { FunctionName } = VersionProperties.parse(properties);
  return { ref: `${functionArn(FunctionName, provider)}:1`, attributes: { Version: '1' } };
};

const AliasProperties = z.object({ FunctionName: z.string(), Name: z.string() });

/** `AWS::Lambda::Alias`, as `provisionedConcurrency` makes one: another name of the same function. */
export const lambdaAlias: ResourceType = async ({ properties }, provider) => {
  const { FunctionName, Name } = AliasProperties.parse(properties);
  const aliasArn = `${functionArn(FunctionName, provider)}:${Name}`;
  return { ref: aliasArn, attributes: { AliasArn: aliasArn } };
};

/** `AWS::Lambda::EventInvokeConfig`: the stack handles the function's asynchronous events by it. */
export const eventInvokeConfig: ResourceType = async ({ logicalId, properties }, { stackName }) => {
  parseEventInvokeConfig(properties);
  return { ref: `${stackName}-${logicalId}`, attributes: {} };
};
