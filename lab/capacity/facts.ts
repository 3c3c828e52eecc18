import { z } from 'zod';
import { OperatorError } from '../../ops/operator-error.ts';
import { stackNameOf } from '../../ops/service.ts';
import { type CompiledTemplate, compiledService } from '../../tests/support/compiled-service.ts';

/** A mapping that reads a table's stream. */
export interface StreamFacts {
  functionKey: string;
  batchSize: number;
  windowSeconds: number;
  parallelizationFactor: number;
}

/** A mapping that reads a subscriber's queue, and what its subscription lets through. */
export interface QueueFacts {
  functionKey: string;
  batchSize: number;
  windowSeconds: number;
  maximumConcurrency?: number | undefined;
  filterPolicy: FilterPolicy;
}

/** What the compiled template says of speed and cost; nothing of it is written down anywhere else. */
export interface Facts {
  stage: string;
  functions: Readonly<Record<string, { memoryMegabytes: number }>>;
  stream: StreamFacts;
  queues: readonly QueueFacts[];
  /** Requests a second to each route. */
  routeRateLimit: number;
  routes: number;
  tables: Readonly<Record<string, { indexes: number; maxWriteUnits?: number | undefined }>>;
  /** Whether SNS asks KMS for data keys. */
  topicKey: boolean;
  logRetentionDays: number;
  /** Whether functions begin traces by themselves. */
  tracing: boolean;
  /** Whether functions write a line for each event. */
  logsEvents: boolean;
  /** The resources of the template, to be counted by type. */
  resources: CompiledTemplate['Resources'];
}

const Condition = z.union([z.string(), z.object({ exists: z.boolean() })]);
const FilterPolicy = z.record(z.string(), z.array(Condition));
export type FilterPolicy = z.infer<typeof FilterPolicy>;

const GetAtt = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const targetOf = (reference: unknown): string => GetAtt.parse(reference)['Fn::GetAtt'][0];

const FunctionProperties = z.object({
  FunctionName: z.string(),
  MemorySize: z.number(),
  TracingConfig: z.object({ Mode: z.enum(['Active', 'PassThrough']) }).optional(),
  Environment: z.object({ Variables: z.object({ POWERTOOLS_LOG_LEVEL: z.string().default('INFO') }) }),
});
const MappingProperties = z.object({
  EventSourceArn: GetAtt,
  FunctionName: z.unknown(),
  BatchSize: z.coerce.number(),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  ParallelizationFactor: z.coerce.number().default(1),
  ScalingConfig: z.object({ MaximumConcurrency: z.coerce.number().optional() }).optional(),
});
const SubscriptionProperties = z.object({ Endpoint: z.unknown(), FilterPolicy });
const StageProperties = z.object({
  DefaultRouteSettings: z.object({ ThrottlingRateLimit: z.coerce.number() }),
});
const TableProperties = z.object({
  GlobalSecondaryIndexes: z.array(z.unknown()).default([]),
  OnDemandThroughput: z
    .union([z.object({ MaxWriteRequestUnits: z.number().optional() }), z.object({ Ref: z.string() })])
    .optional(),
});

/**
 * @param template as `sls package` leaves it
 * @throws when the template is not of the shape that this service compiles to
 */
export const factsOf = (template: CompiledTemplate, stage: string): Facts => {
  const ofType = (type: string) =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ id, properties: resource.Properties }));

  const prefix = `${stackNameOf(stage)}-`;
  const functions = new Map(
    ofType('AWS::Lambda::Function').map(({ id, properties }) => {
      const { FunctionName, MemorySize, TracingConfig, Environment } = FunctionProperties.parse(properties);
      return [
        id,
        {
          key: FunctionName.slice(prefix.length),
          memoryMegabytes: MemorySize,
          tracing: TracingConfig?.Mode === 'Active',
          logsEvents: ['TRACE', 'DEBUG', 'INFO'].includes(Environment.Variables.POWERTOOLS_LOG_LEVEL),
        },
      ];
    }),
  );
  const keyOf = (reference: unknown): string => {
    const id = targetOf(reference);
    const { key } = functions.get(id) ?? {};
    if (key === undefined) throw new Error(`the template has no function ${id}`);
    return key;
  };
  const policies = new Map(
    ofType('AWS::SNS::Subscription').map(({ properties }) => {
      const { Endpoint, FilterPolicy: policy } = SubscriptionProperties.parse(properties);
      return [targetOf(Endpoint), policy];
    }),
  );
  const mappings = ofType('AWS::Lambda::EventSourceMapping').map(({ properties }) => {
    const mapping = MappingProperties.parse(properties);
    const [source, attribute] = mapping.EventSourceArn['Fn::GetAtt'];
    return {
      ...mapping,
      source,
      isStream: attribute === 'StreamArn',
      functionKey: keyOf(mapping.FunctionName),
    };
  });
  const stream = mappings.find(({ isStream }) => isStream);
  if (!stream) throw new Error('the template has no mapping that reads a stream');
  const [httpStage] = ofType('AWS::ApiGatewayV2::Stage');

  return {
    stage,
    functions: Object.fromEntries(
      [...functions.values()].map(({ key, memoryMegabytes }) => [key, { memoryMegabytes }]),
    ),
    stream: {
      functionKey: stream.functionKey,
      batchSize: stream.BatchSize,
      windowSeconds: stream.MaximumBatchingWindowInSeconds,
      parallelizationFactor: stream.ParallelizationFactor,
    },
    queues: mappings
      .filter(({ isStream }) => !isStream)
      .map((mapping) => ({
        functionKey: mapping.functionKey,
        batchSize: mapping.BatchSize,
        windowSeconds: mapping.MaximumBatchingWindowInSeconds,
        maximumConcurrency: mapping.ScalingConfig?.MaximumConcurrency,
        filterPolicy: policies.get(mapping.source) ?? {},
      })),
    routeRateLimit: StageProperties.parse(httpStage?.properties).DefaultRouteSettings.ThrottlingRateLimit,
    routes: ofType('AWS::ApiGatewayV2::Route').length,
    tables: Object.fromEntries(
      ofType('AWS::DynamoDB::Table').map(({ id, properties }) => {
        const { GlobalSecondaryIndexes, OnDemandThroughput } = TableProperties.parse(properties);
        const maxWriteUnits =
          OnDemandThroughput && 'MaxWriteRequestUnits' in OnDemandThroughput
            ? OnDemandThroughput.MaxWriteRequestUnits
            : undefined;
        return [id, { indexes: GlobalSecondaryIndexes.length, maxWriteUnits }];
      }),
    ),
    topicKey: 'KmsMasterKeyId' in (template.Resources.PostEventsTopic?.Properties ?? {}),
    logRetentionDays: z
      .object({ RetentionInDays: z.coerce.number() })
      .parse(ofType('AWS::Logs::LogGroup')[0]?.properties).RetentionInDays,
    tracing: [...functions.values()].some(({ tracing }) => tracing),
    logsEvents: [...functions.values()].some(({ logsEvents }) => logsEvents),
    resources: template.Resources,
  };
};

const Failed = z.object({ stderr: z.string(), stdout: z.string() });

/**
 * The facts of a stage, from its template as it would be deployed.
 * @throws {OperatorError} when the service does not compile with these parameters
 */
export const readFacts = async (
  stage: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Facts> => {
  const { template } = await compiledService(stage, parameters, { withCode: false }).catch(
    (error: unknown) => {
      const failed = Failed.safeParse(error);
      if (!failed.success) throw error;
      const { stderr, stdout } = failed.data;
      throw new OperatorError(`the service does not compile so:\n${(stderr || stdout).trim()}`);
    },
  );
  return factsOf(template, stage);
};
