import { z } from 'zod';
import { UserError } from './user-error.ts';

/** What a service says about its local stack: `custom.localStack` in serverless.yml. */
export const Settings = z.strictObject({
  /** Logical ids of resources to go on without. */
  ignore: z.array(z.string()).default([]),
  /** Attributes that `Fn::GetAtt` does not know locally: by logical id, then by attribute. */
  attributes: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  /** Values of `Fn::ImportValue`, by export name. */
  imports: z.record(z.string(), z.string()).default({}),
  /** Documents of managed policies that the template does not declare, by ARN. */
  managedPolicies: z.record(z.string(), z.unknown()).default({}),
  /** A JSON file with a guided tour for the console, from the service's folder. */
  tour: z.string().optional(),
});
export type Settings = z.infer<typeof Settings>;

/** @throws {UserError} naming every problem */
export const parseSettings = (given: unknown): Settings => {
  const parsed = Settings.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  throw new UserError(`custom.localStack in the service's configuration:\n${z.prettifyError(parsed.error)}`);
};
