import { eventSourceMappingId } from '../event-source-mappings/index.ts';
import { arn, type ResourceType } from './resource-type.ts';

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
