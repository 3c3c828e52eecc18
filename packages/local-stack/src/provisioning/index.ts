import { z } from 'zod';
import { evaluate, type Scope, TemplateError } from '../cloudformation/evaluate.ts';
import type { Template } from '../cloudformation/template.ts';
import { LOCAL_VALUES_FILE, LocalValues } from '../parameters/local-values.ts';
import { parseSettings, type Settings } from '../settings.ts';
import { UserError } from '../user-error.ts';
import { resolveDynamicReferences } from './dynamic-references.ts';
import type { DeclaredResource, Physical, Provider } from './resource-type.ts';
import { serviceOf } from './resource-types.ts';
import { endStraySubscriptions } from './stray-subscriptions.ts';
import { withTopicSubscriptions } from './topic-subscriptions.ts';

export type { Physical, Provider } from './resource-type.ts';

/** Everything that is wrong with a template, at once, so that its author needs one start only. */
const refuseTogether = (settled: readonly PromiseSettledResult<unknown>[]): void => {
  const reasons = settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
  const unexpected = reasons.find((reason) => !(reason instanceof TemplateError));
  if (unexpected !== undefined) throw unexpected;
  const problems = new Set(reasons.map(messageOf));
  if (problems.size === 0) return;
  const [first] = reasons;
  if (problems.size === 1) throw first;
  throw new UserError(
    [
      'The local stack cannot serve all of the template:',
      ...[...problems].map((problem) => `  ${problem}`),
      'To go on without a resource, name its logical id in custom.localStack.ignore.',
    ].join('\n'),
  );
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The names by which others refer to roles and policies. */
const namesIn = (properties: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties).filter(([name]) => name === 'RoleName' || name === 'ManagedPolicyName'),
  );

/**
 * The values of a template's parameters: their defaults, or what the service's file gives for a name in Parameter Store.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
 * @throws {UserError} naming every parameter that the file does not give
 */
const parametersOf = (template: Template, { ssm }: LocalValues): Record<string, unknown> => {
  const missing: string[] = [];
  const parameters = Object.entries(template.Parameters).map(([name, { Type = '', Default }]) => {
    if (!Type.startsWith('AWS::SSM::Parameter::Value<')) return [name, Default];
    const value = ssm[String(Default)];
    if (value === undefined) missing.push(`Parameters.${name}: ${LOCAL_VALUES_FILE} has no ssm: ${Default}`);
    const isList = /<(List<|CommaDelimitedList)/.test(Type);
    return [name, isList && typeof value === 'string' ? value.split(',') : value];
  });
  if (missing.length > 0) throw new UserError(missing.join('\n'));
  return Object.fromEntries(parameters);
};

/** A resource that exists, with what it was made from. */
export interface ProvisionedResource extends DeclaredResource, Physical {}

/** A resource that this machine does nothing for, and why. */
export interface NotServed {
  logicalId: string;
  type: string;
  reason: string;
}

/** Everything that a template declares, by logical id. */
export interface ProvisionedTemplate {
  resources: ReadonlyMap<string, ProvisionedResource>;
  /** Resources that others may refer to, but of which nothing was created, with the reason. */
  declaredOnly: readonly NotServed[];
  /** Resources that the service's settings ignore. */
  ignored: readonly NotServed[];
  ofType(type: string): ProvisionedResource[];
  /**
   * The properties of a policy or role. A reference to what this machine does not have becomes an ARN that no resource
   * here has: the policy says nothing of the others.
   */
  policyProperties(logicalId: string): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Creates every resource of a compiled template, each once and after those it refers to.
 * @param settings the service's own word about resources that cannot be served
 * @throws {UserError} naming every resource that cannot be served, and what is wrong with it
 */
export const provisionTemplate = async (
  compiled: Template,
  provider: Provider,
  settings: Settings = parseSettings(undefined),
): Promise<ProvisionedTemplate> => {
  const ignored = new Set(settings.ignore);
  const values = provider.values ?? LocalValues.parse({});
  const template = withTopicSubscriptions(compiled, ignored);
  const underWay = new Map<string, Promise<ProvisionedResource>>();
  const existing = new Set<string>();
  const declaredOnly: NotServed[] = [];

  /** What resources that do not exist yet wait for. */
  const waits = new Map<string, Set<string>>();
  const wayBetween = (from: string, to: string): string[] | undefined => {
    if (from === to) return [to];
    for (const next of waits.get(from) ?? []) {
      const way = wayBetween(next, to);
      if (way) return [from, ...way];
    }
    return undefined;
  };

  const provisioned = (logicalId: string, where: string): Promise<ProvisionedResource> => {
    const [by = ''] = where.split(/[.[]/);
    if (where !== logicalId && underWay.has(by) && !existing.has(by)) {
      const way = wayBetween(logicalId, by);
      if (way)
        return Promise.reject(
          new TemplateError(where, `Circular dependency between resources: [${way.join(', ')}]`),
        );
      waits.set(by, (waits.get(by) ?? new Set()).add(logicalId));
    }
    const known = underWay.get(logicalId);
    if (known) return known;
    const begun = provision(logicalId, where).finally(() => {
      existing.add(logicalId);
      waits.delete(logicalId);
    });
    underWay.set(logicalId, begun);
    return begun;
  };

  const scope: Scope = {
    pseudoParameters: {
      'AWS::AccountId': provider.accountId,
      'AWS::Partition': 'aws',
      'AWS::Region': provider.region,
      'AWS::StackId': `arn:aws:cloudformation:${provider.region}:${provider.accountId}:stack/${provider.stackName}/local`,
      'AWS::StackName': provider.stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    },
    parameters: parametersOf(template, values),
    conditions: template.Conditions,
    mappings: template.Mappings,
    imports: settings.imports,
    refOf: async (logicalId, where) => (await provisioned(logicalId, where)).ref,
    attributeOf: async (logicalId, attribute, where) => {
      const given = settings.attributes[logicalId]?.[attribute];
      if (given !== undefined) return given;
      const { attributes, type } = await provisioned(logicalId, where);
      const value = attributes[attribute];
      if (value !== undefined) return value;
      throw new TemplateError(
        where,
        `${logicalId} (${type}) has no local attribute "${attribute}". Give it as custom.localStack.attributes.${logicalId}.${attribute}`,
      );
    },
  };

  const exists = async (condition: string | undefined): Promise<boolean> =>
    condition === undefined || (await evaluate({ Condition: condition }, scope, 'Conditions')) === true;

  const provision = async (logicalId: string, where: string): Promise<ProvisionedResource> => {
    const resource = template.Resources[logicalId];
    if (!resource) throw new TemplateError(where, `there is no resource "${logicalId}"`);
    if (!(await exists(resource.Condition))) {
      throw new TemplateError(where, `"${logicalId}" does not exist: its condition is false`);
    }
    if (ignored.has(logicalId)) {
      throw new TemplateError(
        where,
        `"${logicalId}" is in custom.localStack.ignore, but is referred to here`,
      );
    }
    const service = serviceOf(resource.Type);
    if (service.kind === 'refused')
      throw new TemplateError(`${logicalId} (${resource.Type})`, service.reason);
    const declaration: DeclaredResource = {
      logicalId,
      type: resource.Type,
      // Nothing is made from what is only declared, but for its name: it may refer to what this machine does not have.
      properties: await propertiesOf(
        logicalId,
        service.kind === 'served' ? resource.Properties : namesIn(resource.Properties),
      ),
    };
    if (service.reason !== undefined)
      declaredOnly.push({ logicalId, type: resource.Type, reason: service.reason });
    try {
      return { ...declaration, ...(await service.provision(declaration, provider)) };
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      throw Object.assign(new TemplateError(`${logicalId} (${resource.Type})`, reason), { cause: error });
    }
  };

  const elsewhere = (logicalId: string) => (error: unknown) => {
    if (error instanceof TemplateError) return `arn:aws:elsewhere:::${logicalId}`;
    throw error;
  };
  const policyScope: Scope = {
    ...scope,
    refOf: (logicalId, where) => scope.refOf(logicalId, where).catch(elsewhere(logicalId)),
    attributeOf: (logicalId, attribute, where) =>
      scope.attributeOf(logicalId, attribute, where).catch(elsewhere(logicalId)),
  };

  const propertiesOf = async (
    logicalId: string,
    properties: unknown,
    within = scope,
  ): Promise<Record<string, unknown>> => {
    const missing: string[] = [];
    const evaluated = resolveDynamicReferences(
      await evaluate(properties, within, logicalId),
      provider.secrets,
      values,
      (problem) => missing.push(problem),
    );
    if (missing.length > 0) throw new TemplateError(logicalId, missing.join(`\n  ${logicalId}: `));
    return typeof evaluated === 'object' && evaluated !== null ? { ...evaluated } : {};
  };

  const wanted = [];
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if ((await exists(resource.Condition)) && !ignored.has(logicalId)) wanted.push(logicalId);
  }
  const settled = await Promise.allSettled(wanted.map((logicalId) => provisioned(logicalId, logicalId)));
  refuseTogether(settled);
  const all = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const resources = new Map(all.map((resource) => [resource.logicalId, resource]));
  const ofType = (type: string) => all.filter((resource) => resource.type === type);
  const subscriptions = new Set(ofType('AWS::SNS::Subscription').map(({ ref }) => ref));
  for (const topic of ofType('AWS::SNS::Topic')) {
    await endStraySubscriptions(provider.sns, topic.ref, subscriptions);
  }
  return {
    resources,
    declaredOnly: declaredOnly.toSorted((a, b) => a.logicalId.localeCompare(b.logicalId)),
    ignored: settings.ignore.map((logicalId) => ({
      logicalId,
      type: template.Resources[logicalId]?.Type ?? 'not in the template',
      reason: 'custom.localStack.ignore',
    })),
    ofType,
    policyProperties: (logicalId) =>
      propertiesOf(logicalId, template.Resources[logicalId]?.Properties, policyScope),
  };
};
