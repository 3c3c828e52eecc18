import { arn, physicalName, type ResourceType } from './resource-type.ts';

/** `AWS::Lambda::Function`: only its names; the stack gives it a runtime. */
export const lambdaFunction: ResourceType = async (resource, provider) => {
  const name = physicalName(resource, 'FunctionName', provider);
  return { ref: name, attributes: { Arn: arn(provider, 'lambda', `function:${name}`) } };
};
