import { z } from 'zod';
import type { CommandOptions } from '../framework.ts';
import { UserError } from '../user-error.ts';

const portNumber = z.coerce.number({ error: 'a port is a number from 0 to 65535' }).int().min(0).max(65_535);

const StartOptions = z.object({
  httpPort: portNumber.default(3000),
  identityPort: portNumber.default(3001),
  lambdaPort: portNumber.default(3002),
  consolePort: portNumber.default(3003),
  messagingPort: portNumber.default(4566),
  dynamodbPort: portNumber.default(8000),
  dataDirectory: z.string().optional(),
  border: z.url().optional(),
  mostSeconds: z.coerce.number().positive().optional(),
  inspect: portNumber.optional(),
  unorderedQueues: z.boolean().default(false),
  rights: z.boolean().default(true),
  fresh: z.boolean().default(false),
  quiet: z.boolean().default(false),
  watch: z.boolean().default(true),
});
export type StartOptions = z.infer<typeof StartOptions>;

/** The options of a start; what else was given is the framework's. @throws {UserError} naming every bad one */
export const parseStartOptions = (given: CommandOptions): StartOptions => {
  const parsed = StartOptions.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UserError(`options: ${z.prettifyError(parsed.error)}`);
};
