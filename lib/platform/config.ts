import * as z from 'zod';

// A function parses little: compiling the schemas would cost 12 ms of CPU at a start, more than it saves.
z.config({ jitless: true });

/** Thrown at start; the message names every variable that is missing or invalid. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
}

/**
 * Reads the configuration of a function. Nothing else reads `process.env`.
 * @param schema an object schema whose keys are environment variable names
 * @throws {InvalidConfig}
 */
export const readConfig = <Schema extends z.core.$ZodObject>(
  schema: Schema,
  environment: Record<string, string | undefined> = process.env,
): z.infer<Schema> => {
  const result = z.safeParse(schema, environment);
  if (result.success) return result.data;
  throw new InvalidConfig(`The function's environment is not valid:\n${z.prettifyError(result.error)}`);
};

export const requiredText = z.string({ error: 'is not set' }).min(1, 'is empty');
