import { z } from 'zod';

/** A resource as a CloudFormation template declares it, its intrinsics not evaluated. */
export const TemplateResource = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
export type TemplateResource = z.infer<typeof TemplateResource>;

/** The parts of a compiled CloudFormation template that a local stack is made from. */
export const Template = z.object({
  Parameters: z
    .record(z.string(), z.object({ Type: z.string().optional(), Default: z.unknown().optional() }))
    .default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), TemplateResource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
});
export type Template = z.infer<typeof Template>;
