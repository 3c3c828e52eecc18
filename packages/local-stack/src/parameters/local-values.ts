import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../user-error.ts';

/** Where a service keeps the values that stand in an account elsewhere. */
export const LOCAL_VALUES_FILE = 'local.values.yml';

const Value = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** What the file gives instead of an account. */
export const LocalValues = z.strictObject({
  /** Parameters of Parameter Store, by name; a list is a `StringList`. */
  ssm: z.record(z.string(), z.union([Value, z.array(Value)])).default({}),
  /** Outputs of other stacks, by `<stack>.<output>`. */
  cf: z.record(z.string(), Value).default({}),
  /** Secrets by name or ARN; a mapping is a secret of several keys. */
  secretsmanager: z
    .record(
      z.string(),
      z.union([Value, z.record(z.string(), z.unknown()).transform((keys) => JSON.stringify(keys))]),
    )
    .default({}),
});
export type LocalValues = z.infer<typeof LocalValues>;

/** @throws {UserError} naming what is wrong in the file */
export const readLocalValues = (serviceDirectory: string): LocalValues => {
  const file = join(serviceDirectory, LOCAL_VALUES_FILE);
  if (!existsSync(file)) return LocalValues.parse({});
  try {
    return LocalValues.parse(parse(readFileSync(file, 'utf8')) ?? {});
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new UserError(`${LOCAL_VALUES_FILE} cannot be read:\n${reason}`, { cause: error });
  }
};
