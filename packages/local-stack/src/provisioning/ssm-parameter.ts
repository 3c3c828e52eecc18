import { z } from 'zod';
import { physicalName, type ResourceType } from './resource-type.ts';

const ParameterProperties = z.object({ Type: z.enum(['String', 'StringList']), Value: z.string() });

/** `AWS::SSM::Parameter`: referred to by its name. */
export const ssmParameter: ResourceType = async (resource, provider) => {
  const { Type, Value } = ParameterProperties.parse(resource.properties);
  return { ref: physicalName(resource, 'Name', provider, 2048), attributes: { Type, Value } };
};
