import type { ProvisionedTemplate } from '../provisioning/index.ts';

/**
 * Finds the logical id of a resource by its ARN, name or URL, by the ARN of an object in it, or by a stream's ARN; what
 * the template does not declare keeps its last name.
 */
export const logicalIdsOf = (provisioned: ProvisionedTemplate): ((physical: string) => string) => {
  const known = new Map<string, string>();
  for (const { logicalId, type, ref, attributes } of provisioned.resources.values()) {
    known.set(ref, logicalId);
    // Other types have names of their own that are not the resource's.
    if (type === 'AWS::SQS::Queue' && attributes.QueueName) known.set(attributes.QueueName, logicalId);
    for (const value of Object.values(attributes)) if (value.startsWith('arn:')) known.set(value, logicalId);
  }
  return (physical) => {
    const owner = physical.replace(/^(arn:[^/]+(:table\/[^/]+)?)\/.*$/, '$1');
    return known.get(physical) ?? known.get(owner) ?? physical.split(/[:/]/).at(-1) ?? physical;
  };
};
