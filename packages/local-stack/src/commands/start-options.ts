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
  endpointProxy: z.url().optional(),
  maxTimeoutSeconds: z.coerce.number().positive().optional(),
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
  if (!parsed.success) throw new UserError(`options: ${z.prettifyError(parsed.error)}`);
  refuseEqualPorts(parsed.data);
  return parsed.data;
};

const refuseEqualPorts = (options: StartOptions): void => {
  const ports = Object.entries(options).filter(([name, value]) => /Port$/.test(name) && value !== 0);
  for (const [name, port] of ports) {
    const [other] = ports.find(([, same]) => same === port) ?? [];
    if (other !== undefined && other !== name)
      throw new UserError(
        `--${other} and --${name} are both ${port}: choose another for one (0: any free one)`,
      );
  }
};
