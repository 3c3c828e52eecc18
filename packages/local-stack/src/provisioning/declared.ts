import { eventSourceMappingId } from '../event-source-mappings/index.ts';
import { arn, physicalName, type ResourceType } from './resource-type.ts';

/**
 * A resource that the stack itself works from (an alarm, a route, an event source mapping) or that has no
 * meaning on one machine (a role, a log group): others may refer to it, nothing is created.
 */
export const declared: ResourceType = async ({ logicalId, type }, provider) => {
  const id = `${provider.stackName}-${logicalId}`;
  const service = type.split('::')[1]?.toLowerCase() ?? 'cloudformation';
  return { ref: id, attributes: { Arn: arn(provider, service, id), Id: id } };
};

/** `AWS::ApiGatewayV2::*` parts: short ids, as their targets and references use them. */
export const apiGatewayPart: ResourceType = async ({ logicalId }) => ({
  ref: logicalId,
  attributes: { ApiId: logicalId, ApiEndpoint: 'http://127.0.0.1' },
});

/** `AWS::CloudWatch::Alarm`: referred to by its name. */
export const alarm: ResourceType = async ({ logicalId, properties }, provider) => {
  const name =
    typeof properties.AlarmName === 'string' ? properties.AlarmName : `${provider.stackName}-${logicalId}`;
  return { ref: name, attributes: { Arn: arn(provider, 'cloudwatch', `alarm:${name}`) } };
};

/** `AWS::Lambda::EventSourceMapping`: referred to by its UUID, for example in the dimensions of alarms. */
export const eventSourceMapping: ResourceType = async ({ logicalId, properties }, provider) => {
  const id = eventSourceMappingId(logicalId, String(properties.EventSourceArn));
  return {
    ref: id,
    attributes: { Id: id, EventSourceMappingArn: arn(provider, 'lambda', `event-source-mapping:${id}`) },
  };
};

/** `AWS::IAM::Role`: referred to by its name. */
export const role: ResourceType = async (resource, provider) => {
  const name = physicalName(resource, 'RoleName', provider, 64);
  return {
    ref: name,
    attributes: { Arn: `arn:aws:iam::${provider.accountId}:role/${name}`, RoleId: `AROA${name}` },
  };
};

/** `AWS::IAM::ManagedPolicy`: referred to by its ARN. */
export const managedPolicy: ResourceType = async (resource, provider) => {
  const policyArn = `arn:aws:iam::${provider.accountId}:policy/${physicalName(resource, 'ManagedPolicyName', provider, 128)}`;
  return { ref: policyArn, attributes: { PolicyArn: policyArn } };
};

/** `AWS::KMS::Key`: referred to by its id; nothing is encrypted with it, but its policy counts. */
export const key: ResourceType = async (resource, provider) => {
  const id = physicalName(resource, 'KeyId', provider);
  return { ref: id, attributes: { Arn: arn(provider, 'kms', `key/${id}`), KeyId: id } };
};
