import { parseRule, parseSchedule, type Rule, type Schedule } from '../event-bridge/index.ts';
import type { ProvisionedResource, ProvisionedTemplate } from '../provisioning/index.ts';

/** What of EventBridge and its Scheduler a template declares. */
export interface DeclaredEventBridge {
  readonly rules: readonly Rule[];
  readonly schedules: readonly Schedule[];
  /** The names of event buses besides the default one. */
  readonly buses: readonly string[];
}

const identityOf = ({ logicalId, ref, attributes }: ProvisionedResource) => ({
  logicalId,
  // The reference of a rule on a bus of its own begins with the bus.
  name: ref.slice(ref.indexOf('|') + 1),
  arn: attributes.Arn ?? ref,
});

export const declaredEventBridge = (provisioned: ProvisionedTemplate): DeclaredEventBridge => ({
  rules: provisioned
    .ofType('AWS::Events::Rule')
    .map((resource) => parseRule(resource.properties, identityOf(resource))),
  schedules: provisioned
    .ofType('AWS::Scheduler::Schedule')
    .map((resource) => parseSchedule(resource.properties, identityOf(resource))),
  buses: provisioned.ofType('AWS::Events::EventBus').map(({ ref }) => ref),
});
