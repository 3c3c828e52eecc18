import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { hasCode } from './error-code.ts';
import { UserError } from './user-error.ts';

/**
 * Reads a JSON file of a stack's local data.
 * @returns undefined when there is none
 * @throws {UserError} naming the file and what to do when it is damaged
 */
export const readStateFile = <Content>(file: string, schema: z.ZodType<Content>): Content | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(
      `${file} is damaged: remove it to do without what is in it, or start with --fresh to forget all local data`,
      { cause },
    );
  }
};
