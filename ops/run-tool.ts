import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { z } from 'zod';
import { OperatorError } from './operator-error.ts';

/** A command of this repository, as it is called. */
export interface Tool<Options extends ParseArgsOptionsConfig> {
  /** Printed for `--help`. */
  help: string;
  /** As in `parseArgs`. Other options are refused. */
  options: Options;
  /** Whether it accepts positional arguments. */
  allowPositionals?: boolean;
}

/** What it was called with. */
export interface Given<Options extends ParseArgsOptionsConfig> {
  values: ReturnType<typeof parseArgs<{ options: Options }>>['values'];
  positionals: readonly string[];
}

const has = (error: Error, key: string): boolean => key in error;

/** The message of an error that the caller can correct; undefined for an error that needs its stack trace. */
const messageOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof OperatorError || has(error, 'isForUser')) return error.message;
  if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return `${error.message}\n--help lists the options.`;
  if (error.name === 'CredentialsProviderError')
    return `${error.message}: set AWS credentials, or use --stage local, which needs none`;
  // The AWS SDK's, for every answer that is an error.
  if (has(error, '$metadata')) return `${error.name}: ${error.message}`;
  // The system's: a refused connection, an unknown host, a file that is not there.
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return has(error, 'syscall') ? error.message : messageOf(error.cause);
};

/**
 * Runs a command to its exit code: 2 for what the caller can correct, which is reported without a stack trace.
 * @param main resolves to the exit code
 */
export const runTool = async <const Options extends ParseArgsOptionsConfig>(
  { help, options, allowPositionals = false }: Tool<Options>,
  main: (given: Given<Options>) => Promise<number>,
): Promise<void> => {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(`${help}\n`);
    return;
  }
  try {
    process.exitCode = await main(
      parseArgs<{ options: Options; allowPositionals: boolean }>({ options, allowPositionals }),
    );
  } catch (error) {
    const message = messageOf(error);
    if (message === undefined) throw error;
    process.stderr.write(`${message}\n`);
    process.exitCode = 2;
  }
};

/** @throws {OperatorError} naming every option whose value is wrong */
export const parseOptions = <Schema extends z.ZodType>(schema: Schema, values: unknown): z.infer<Schema> => {
  const { success, data, error } = schema.safeParse(values);
  if (success) return data;
  throw new OperatorError(
    error.issues.map(({ path, message }) => `--${String(path[0])} ${message}`).join('\n'),
  );
};
