import { z } from 'zod';
import { once } from '#lib/platform/once.ts';
import {
  type CompiledService,
  type CompiledTemplate,
  compiledService,
} from '#tests/support/compiled-service.ts';
import { wholeService } from '#tests/support/whole-service.ts';

/** The compiled variants that the rules are checked on. */
export const STACKS = {
  dev: once(() => compiledService('dev', {}, { withCode: false })),
  prod: once(() => compiledService('prod', {}, { withCode: false })),
  openSearch: once(() => compiledService('prod', { search: 'opensearch' }, { withCode: false })),
  everything: wholeService,
} satisfies Record<string, () => Promise<CompiledService>>;

// The first call after a change packages the service four times, once with its code.
beforeAll(async () => {
  await Promise.all(Object.values(STACKS).map((compiled) => compiled()));
}, 120_000);

export const stackNames = ['dev', 'prod', 'openSearch', 'everything'] as const;

/** The resources of a type, their properties read by a schema: what a rule needs must be written out. */
export const ofType = <Schema extends z.ZodType>(
  { Resources }: CompiledTemplate,
  type: string,
  schema: Schema,
): { id: string; properties: z.infer<Schema> }[] =>
  Object.entries(Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties }]) => {
      const read = schema.safeParse(Properties);
      if (!read.success) throw new Error(`${id} (${type}): ${z.prettifyError(read.error)}`);
      return { id, properties: read.data };
    });

/** `Fn::GetAtt` of any attribute; becomes the logical id. */
export const GetAtt = (attribute: string) =>
  z
    .object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal(attribute)]) })
    .transform((value) => value['Fn::GetAtt'][0]);

/** `Ref`; becomes the logical id. */
export const Ref = z.object({ Ref: z.string() }).transform(({ Ref: logicalId }) => logicalId);

export const FunctionProperties = z.object({
  FunctionName: z.string(),
  Handler: z.string(),
  Runtime: z.string(),
  Architectures: z.array(z.string()),
  Timeout: z.number(),
  MemorySize: z.number(),
  TracingConfig: z.object({ Mode: z.string() }),
  Role: GetAtt('Arn'),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});

export const Statement = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
  // A role's trust policy has none.
  Resource: z
    .unknown()
    .optional()
    .transform((resources) => [resources].flat()),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
export const PolicyDocument = z.object({ Statement: z.array(Statement) });

export const RedrivePolicy = z.object({
  deadLetterTargetArn: GetAtt('Arn'),
  maxReceiveCount: z.number().optional(),
});
export const QueueProperties = z.object({
  VisibilityTimeout: z.number().optional(),
  MessageRetentionPeriod: z.number(),
  RedrivePolicy: RedrivePolicy.optional(),
  SqsManagedSseEnabled: z.boolean().optional(),
  KmsMasterKeyId: z.unknown().optional(),
});

/** The keys of serverless.yml's functions, from their names on AWS. */
export const functionKey = (functionName: string): string => functionName.replace(/^.*-/, '');
