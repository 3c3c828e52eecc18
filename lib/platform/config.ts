import * as z from 'zod';

// A function parses little: compiling its schemas takes longer than that saves, 12 ms of CPU at a start.
z.config({ jitless: true });

/** Thrown at start when the environment does not fit; the message names every variable that is missing or bad. */
export class InvalidConfig extends Error {
  constructor(issues: string) {
    super(`The function's environment is not valid:\n${issues}`);
    this.name = 'InvalidConfig';
  }
}

/**
 * Reads the configuration of a function. This is the only place that reads `process.env`.
 * @param schema an object schema whose keys are environment variable names
 * @returns the parsed values
 * @throws {InvalidConfig} naming every missing or bad variable
 */
export const readConfig = <Schema extends z.core.$ZodObject>(
  schema: Schema,
  environment: Record<string, string | undefined> = process.env,
): z.infer<Schema> => {
  const result = z.safeParse(schema, environment);
  if (result.success) return result.data;
  throw new InvalidConfig(z.prettifyError(result.error));
};

/** A required text: set and not empty. */
export const requiredText = z.string({ error: 'is not set' }).min(1, 'is empty');

/** A whole number written in decimal, at least `min`. */
export const wholeNumber = (min: number) => z.coerce.number().int().min(min);
