import { busNameOfRule, groupOfSchedule, parseRule, parseSchedule } from '../event-bridge/definitions.ts';
import { arn, physicalName, type ResourceType } from './resource-type.ts';

/** `AWS::Events::Rule`: the stack matches events against it, and fires it by its schedule. */
export const eventsRule: ResourceType = async (resource, provider) => {
  const { logicalId, properties } = resource;
  const name = physicalName(resource, 'Name', provider, 64);
  const bus = busNameOfRule(properties);
  const isOfDefault = bus === 'default';
  const ruleArn = arn(provider, 'events', `rule/${isOfDefault ? name : `${bus}/${name}`}`);
  parseRule(properties, { logicalId, name, arn: ruleArn });
  return { ref: isOfDefault ? name : `${bus}|${name}`, attributes: { Arn: ruleArn } };
};

/** `AWS::Events::EventBus`. */
export const eventBus: ResourceType = async (resource, provider) => {
  const name = physicalName(resource, 'Name', provider, 256);
  return { ref: name, attributes: { Arn: arn(provider, 'events', `event-bus/${name}`), Name: name } };
};

/** `AWS::Scheduler::Schedule`: the stack fires it. */
export const schedulerSchedule: ResourceType = async (resource, provider) => {
  const { logicalId, properties } = resource;
  const name = physicalName(resource, 'Name', provider, 64);
  const scheduleArn = arn(provider, 'scheduler', `schedule/${groupOfSchedule(properties)}/${name}`);
  parseSchedule(properties, { logicalId, name, arn: scheduleArn });
  return { ref: name, attributes: { Arn: scheduleArn } };
};

/** `AWS::Scheduler::ScheduleGroup`: only its name. */
export const scheduleGroup: ResourceType = async (resource, provider) => {
  const name = physicalName(resource, 'Name', provider, 64);
  return { ref: name, attributes: { Arn: arn(provider, 'scheduler', `schedule-group/${name}`) } };
};
