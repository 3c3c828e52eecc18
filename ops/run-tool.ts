import { OperatorError } from './operator-error.ts';

const isUsageError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

const hasNoCredentials = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'CredentialsProviderError';

/**
 * Runs an operator's tool to its exit code. What the operator can put right is told without a stack.
 * @param main resolves to the exit code
 */
export const runTool = async (main: () => Promise<number>): Promise<void> => {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (hasNoCredentials(error)) {
      process.stderr.write(`${error.message}: an account needs AWS credentials; --stage local needs none\n`);
    } else if (error instanceof OperatorError || isUsageError(error)) {
      process.stderr.write(`${error.message}\n`);
    } else throw error;
    process.exitCode = 2;
  }
};
