import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import * as z from 'zod';
import { Problem } from './problem.ts';

export const Limit = z
  .string()
  .regex(/^(?:[1-9][0-9]?|100)$/, 'must be a whole number from 1 to 100')
  .transform(Number)
  .default(20)
  .meta({
    description: 'The most items on the page.',
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern;
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 100 });
    },
  });

export const Cursor = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,2048}$/, 'is not a cursor')
  .exactOptional()
  .describe('`nextCursor` of the page before, for the same query.');

export const NextCursor = z
  .string()
  .exactOptional()
  .describe('Hand it in as `cursor` for the next page. Absent on the last page.');

/** A cursor opens for its own query only. */
export type Query = readonly (string | undefined)[];
const Sealed = z.object({ query: z.string(), position: z.unknown() });

/**
 * Encrypted cursors: a position may name a post that its holder must not know of.
 * @param Position schema of a place in a list
 * @param readSecret at least 32 characters
 * @see https://www.rfc-editor.org/rfc/rfc7516
 */
export const cursorsOf = <Position extends z.ZodType>(
  Position: Position,
  readSecret: () => Promise<string>,
) => {
  const key = async () =>
    new Uint8Array(hkdfSync('sha256', await readSecret(), '', 'cursors, version 2', 32));
  return {
    async seal(query: Query, position: z.output<Position> | undefined): Promise<string | undefined> {
      if (position === undefined) return undefined;
      const text = JSON.stringify({ query: JSON.stringify(query), position });
      return new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(await key());
    },

    /** @throws {Problem} invalid-request when it was changed, made up, or belongs to another query */
    async open(query: Query, cursor: string | undefined): Promise<z.output<Position> | undefined> {
      if (cursor === undefined) return undefined;
      try {
        const { plaintext } = await compactDecrypt(cursor, await key());
        const sealed = Sealed.parse(JSON.parse(new TextDecoder().decode(plaintext)));
        if (sealed.query === JSON.stringify(query)) return z.parse(Position, sealed.position);
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
      }
      throw new Problem('invalid-request', {
        errors: [{ detail: 'is not a cursor of this query', parameter: 'cursor' }],
      });
    },
  };
};
