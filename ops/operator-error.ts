import { z } from 'zod';

/** Something that the operator can put right: only its message is printed. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

/** What went wrong, in the words an operator needs. */
export const wordsOf = (error: unknown): string => {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message || error.name : String(error);
};
