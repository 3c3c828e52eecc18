import { z } from 'zod';
import type { AsynchronousConfiguration } from '../../asynchronous-invocation/index.ts';
import type { Rule, Schedule } from '../../event-bridge/index.ts';
import { declaredEventBridge } from '../../from-template/event-bridge.ts';
import { declaredNotifications } from '../../object-events/configuration.ts';
import type { ProvisionedResource } from '../../provisioning/index.ts';
import { UserError } from '../../user-error.ts';
import type { ConsoleParts } from '../parts.ts';
import { allowedActions, statementsOfFunctions } from './rights.ts';
import type { MapEdge, MapNode, NodeKind, ServiceMap } from './wire.ts';

type Parts = Pick<ConsoleParts, 'provisioned' | 'build' | 'asynchronousEvents'>;

const KINDS: Readonly<Record<string, NodeKind>> = {
  'AWS::ApiGatewayV2::Api': 'api',
  'AWS::Lambda::Function': 'function',
  'AWS::DynamoDB::Table': 'table',
  'AWS::Events::EventBus': 'event bus',
  'AWS::Events::Rule': 'rule',
  'AWS::SNS::Topic': 'topic',
  'AWS::SQS::Queue': 'queue',
  'AWS::S3::Bucket': 'bucket',
  'AWS::Scheduler::Schedule': 'schedule',
};

/** What a role may do with a resource, as far as it makes an arrow. */
const ACTIONS: Partial<
  Record<NodeKind, { writes: readonly string[]; reads: readonly string[]; suffix?: string }>
> = {
  table: {
    writes: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
    reads: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:BatchGetItem'],
  },
  topic: { writes: ['sns:Publish'], reads: [] },
  queue: { writes: ['sqs:SendMessage'], reads: [] },
  'dead-letter queue': { writes: ['sqs:SendMessage'], reads: [] },
  bucket: { writes: ['s3:PutObject', 's3:DeleteObject'], reads: ['s3:GetObject'], suffix: '/*' },
  function: { writes: ['lambda:InvokeFunction'], reads: [] },
  'event bus': { writes: ['events:PutEvents'], reads: [] },
};

const Route = z.looseObject({ RouteKey: z.string(), Target: z.string() });
const Integration = z.looseObject({ IntegrationUri: z.string() });
const Mapping = z.looseObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.number().optional(),
  DestinationConfig: z.looseObject({ OnFailure: z.looseObject({ Destination: z.string() }) }).optional(),
});
const Subscription = z.looseObject({
  TopicArn: z.string(),
  Endpoint: z.string().optional(),
  FilterPolicy: z.record(z.string(), z.unknown()).optional(),
  FilterPolicyScope: z.string().optional(),
  RedrivePolicy: z.looseObject({ deadLetterTargetArn: z.string() }).optional(),
});
const RedrivePolicy = z.looseObject({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().optional(),
});

/** Reads a graph of resources from a template's properties. A resource of an unusual shape has no arrows. */
export const serviceMap = async (parts: Parts): Promise<ServiceMap> => {
  const { provisioned } = parts;
  const resources = [...provisioned.resources.values()];
  const nodes = new Map<string, MapNode & { resource: ProvisionedResource }>();
  const edges: MapEdge[] = [];
  const add = (
    from: string | undefined,
    to: string | undefined,
    edge: Omit<MapEdge, 'id' | 'from' | 'to'>,
  ) => {
    if (from === undefined || to === undefined) return;
    edges.push({ id: `${from}>${to}:${edge.kind}:${edges.length}`, from, to, ...edge });
  };

  for (const resource of resources) {
    const isScheduled = resource.type === 'AWS::Events::Rule' && 'ScheduleExpression' in resource.properties;
    const kind = isScheduled ? 'schedule' : KINDS[resource.type];
    if (!kind || isOfTheFramework(resource)) continue;
    const { logicalId } = resource;
    nodes.set(logicalId, { id: logicalId, kind, name: nameOf(resource), resource });
    if (resource.attributes.StreamArn === undefined) continue;
    const id = `${logicalId}:stream`;
    nodes.set(id, { id, kind: 'stream', name: nameOf(resource), resource });
    add(logicalId, id, { kind: 'flows' });
  }
  const arns = new Map(
    [...nodes.values()].flatMap(({ id, kind, resource: { ref, attributes } }) => {
      if (kind === 'stream') return [[attributes.StreamArn, id] as const];
      return [attributes.Arn, attributes.TopicArn, ref].map((arn) => [arn, id] as const);
    }),
  );
  const idOf = (arn: string | undefined) => (arn === undefined ? undefined : arns.get(arn));

  const { rules, schedules } = declaredEventBridge(provisioned);
  const senders = [...rules, ...schedules];
  const deadLetterArns = [
    ...[...provisioned.ofType('AWS::SQS::Queue'), ...provisioned.ofType('AWS::SNS::Subscription')].map(
      ({ properties }) => redriveOf(properties)?.deadLetterTargetArn,
    ),
    ...parts.asynchronousEvents.map(({ deadLetters }) => deadLetters?.arn),
    ...senders.flatMap(({ targets }) => targets.map(({ deadLetterArn }) => deadLetterArn)),
  ];
  for (const arn of deadLetterArns) {
    const target = idOf(arn);
    const node = target === undefined ? undefined : nodes.get(target);
    if (node?.kind === 'queue') node.kind = 'dead-letter queue';
  }

  addRoutes(parts, idOf, add);
  for (const { properties } of provisioned.ofType('AWS::Lambda::EventSourceMapping')) {
    const { data } = Mapping.safeParse(properties);
    if (!data) continue;
    const reader = functionIdOf(data.FunctionName, idOf, nodes);
    add(idOf(data.EventSourceArn), reader, {
      kind: 'flows',
      label: data.BatchSize === undefined ? 'batches' : `batches of ${data.BatchSize}`,
      details: linesOf(properties),
    });
    const failures = idOf(data.DestinationConfig?.OnFailure.Destination.replace(/\/$/, ''));
    add(reader, failures, { kind: 'fails', label: 'gives up', details: ['on-failure destination'] });
  }
  for (const { properties } of provisioned.ofType('AWS::SNS::Subscription')) {
    const { data } = Subscription.safeParse(properties);
    if (!data) continue;
    const { FilterPolicy, FilterPolicyScope, RedrivePolicy: redrive } = data;
    add(idOf(data.TopicArn), idOf(redrive?.deadLetterTargetArn), {
      kind: 'fails',
      label: 'undelivered',
      details: [`what cannot be delivered to ${idOf(data.Endpoint) ?? data.Endpoint}`],
    });
    add(idOf(data.TopicArn), idOf(data.Endpoint), {
      kind: 'flows',
      label: FilterPolicy ? policyText(FilterPolicy) : 'everything',
      details: FilterPolicy
        ? [...linesOf(FilterPolicy), `scope: ${FilterPolicyScope ?? 'MessageAttributes'}`]
        : [],
    });
  }
  for (const { bucketLogicalId, arn, event, prefix, suffix } of declaredNotifications(provisioned))
    add(bucketLogicalId, idOf(arn), {
      kind: 'flows',
      label: `${event.slice('s3:'.length)} ${prefix}*${suffix}`,
      details: [`event: ${event}`, `prefix: ${prefix}`, `suffix: ${suffix}`],
    });
  for (const { logicalId, properties } of provisioned.ofType('AWS::SQS::Queue')) {
    const redrive = redriveOf(properties);
    if (redrive)
      add(logicalId, idOf(redrive.deadLetterTargetArn), {
        kind: 'fails',
        label: `after ${redrive.maxReceiveCount}`,
        details: [`given up after ${redrive.maxReceiveCount} receives`],
      });
  }
  for (const configuration of parts.asynchronousEvents) addDestinations(configuration, idOf, add);
  for (const sender of senders) addTargets(sender, idOf, add);
  const withoutRights = await addRights(parts, [...nodes.values()], add);
  return {
    nodes: [...nodes.values()].map(({ id, kind, name }) => ({ id, kind, name })),
    edges,
    ...(withoutRights !== undefined && { withoutRights }),
  };
};

type Add = (
  from: string | undefined,
  to: string | undefined,
  edge: Omit<MapEdge, 'id' | 'from' | 'to'>,
) => void;
type IdOf = (arn: string | undefined) => string | undefined;

/** From its event bus to a rule, and from there to its targets. */
const addTargets = (sender: Rule | Schedule, idOf: IdOf, add: Add): void => {
  const { logicalId: id } = sender;
  if (sender.kind === 'rule' && sender.pattern !== undefined) {
    const pattern = Object(sender.pattern);
    add(idOf(sender.busArn), id, { kind: 'flows', label: policyText(pattern), details: linesOf(pattern) });
  }
  for (const { arn, deadLetterArn, input } of sender.targets) {
    add(id, idOf(arn), {
      kind: 'flows',
      label: sender.expressionText ?? 'matching events',
      details: [`input: ${JSON.stringify(input)}`],
    });
    add(id, idOf(deadLetterArn), {
      kind: 'fails',
      label: 'undelivered',
      details: [`what cannot be delivered to ${idOf(arn) ?? arn}`],
    });
  }
};

/** Where a function's asynchronous events end up. */
const addDestinations = (
  { functionName, onSuccess, onFailure, deadLetters, maximumRetryAttempts }: AsynchronousConfiguration,
  idOf: IdOf,
  add: Add,
): void => {
  const id = idOf(functionName);
  const retries = `after ${maximumRetryAttempts} retries of an asynchronous event`;
  add(id, idOf(onSuccess?.arn), {
    kind: 'flows',
    label: 'on success',
    details: ['destination of asynchronous events that succeeded'],
  });
  add(id, idOf(onFailure?.arn), {
    kind: 'fails',
    label: 'gives up',
    details: ['on-failure destination', retries],
  });
  add(id, idOf(deadLetters?.arn), {
    kind: 'fails',
    label: 'gives up',
    details: ['dead-letter queue of the function', retries],
  });
};

/** Where the framework puts archives: nothing of the service's own runs there. */
const isOfTheFramework = ({ logicalId }: ProvisionedResource) => logicalId === 'ServerlessDeploymentBucket';

const nameOf = ({ type, ref, attributes, properties }: ProvisionedResource): string => {
  if (type === 'AWS::SQS::Queue') return attributes.QueueName ?? ref;
  if (type === 'AWS::SNS::Topic') return attributes.TopicName ?? ref.slice(ref.lastIndexOf(':') + 1);
  if (type === 'AWS::ApiGatewayV2::Api') return String(properties.Name ?? ref);
  return ref;
};

const redriveOf = ({ RedrivePolicy: value }: Readonly<Record<string, unknown>>) =>
  RedrivePolicy.safeParse(typeof value === 'string' ? JSON.parse(value) : value).data;

/** A filter policy in short: `change: published, flagged`. */
const policyText = (policy: Readonly<Record<string, unknown>>): string =>
  Object.entries(policy)
    .map(([key, rule]) => {
      const values = Array.isArray(rule) ? rule : [rule];
      return `${key}: ${values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')}`;
    })
    .join('; ');

const linesOf = (properties: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(properties).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );

const functionIdOf = (nameOrArn: string, idOf: IdOf, nodes: ReadonlyMap<string, MapNode>) =>
  idOf(nameOrArn) ??
  // A version or an alias of it.
  [...nodes.values()].find(
    ({ kind, name }) => kind === 'function' && nameOrArn.includes(`:function:${name}:`),
  )?.id;

/** One arrow for each function that the API calls, with its routes. */
const addRoutes = ({ provisioned }: Parts, idOf: IdOf, add: Add): void => {
  const integrations = new Map(
    provisioned
      .ofType('AWS::ApiGatewayV2::Integration')
      .map(({ logicalId, properties }) => [
        logicalId,
        Integration.safeParse(properties).data?.IntegrationUri,
      ]),
  );
  const routes = provisioned.ofType('AWS::ApiGatewayV2::Route').flatMap(({ properties }) => {
    const { data } = Route.safeParse(properties);
    const target = data && idOf(integrations.get(data.Target.replace(/^integrations\//, '')));
    return target === undefined ? [] : [{ target, route: data?.RouteKey ?? '' }];
  });
  const [api] = provisioned.ofType('AWS::ApiGatewayV2::Api');
  for (const [target, own] of Map.groupBy(routes, (route) => route.target)) {
    const keys = own.map(({ route }) => route);
    const [first = ''] = keys;
    add(api?.logicalId, target, {
      kind: 'calls',
      label: keys.length === 1 ? first : `${first} +${keys.length - 1}`,
      details: keys,
    });
  }
};

/** @returns why there are none */
const addRights = async (
  parts: Parts,
  nodes: readonly (MapNode & { resource: ProvisionedResource })[],
  add: Add,
): Promise<string | undefined> => {
  let statements: Awaited<ReturnType<typeof statementsOfFunctions>>;
  try {
    statements = await statementsOfFunctions(parts);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  for (const [id, own] of statements) {
    for (const { id: to, kind, resource } of nodes) {
      const actions = ACTIONS[kind];
      const arn = resource.attributes.Arn ?? resource.attributes.TopicArn ?? resource.ref;
      if (!actions || to === id) continue;
      const allowed = (asked: readonly string[]) => [
        ...new Set(own.flatMap((one) => allowedActions(one, asked, `${arn}${actions.suffix ?? ''}`))),
      ];
      const writes = allowed(actions.writes);
      const reads = allowed(actions.reads);
      if (writes.length > 0) add(id, to, { kind: 'writes', details: [...writes, ...reads] });
      else if (reads.length > 0) add(id, to, { kind: 'reads', details: reads });
    }
  }
  return undefined;
};
