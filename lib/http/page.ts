import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import * as z from 'zod';
import { Problem } from './problem.ts';

/** A page size in decimal digits, 1 to 100. */
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

/** A cursor as it comes in. */
export const Cursor = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,2048}$/, 'is not a cursor')
  .exactOptional()
  .describe('`nextCursor` of the page before, for the same query.');

export const NextCursor = z
  .string()
  .exactOptional()
  .describe('Hand it in as `cursor` for the next page. Absent on the last page.');

/** The query a cursor belongs to: it opens for no other. */
export type Query = readonly (string | undefined)[];
const Sealed = z.object({ query: z.string(), position: z.unknown() });

/**
 * Cursors that say nothing to their holder, because a position may name a post that is not for them to know of, and that
 * nobody but us can make: JSON Web Encryption with a key of ours, around the position and its query.
 * @param Position of the place in a list where a page goes on
 * @param readSecret at least 32 characters, the same for every function that shares cursors
 * @see https://www.rfc-editor.org/rfc/rfc7516
 */
export const cursorsOf = <Position extends z.ZodType>(
  Position: Position,
  readSecret: () => Promise<string>,
) => {
  const key = async () =>
    new Uint8Array(hkdfSync('sha256', await readSecret(), '', 'cursors, version 2', 32));
  return {
    /** The cursor for `position`; undefined when there is none, on the last page. */
    async seal(query: Query, position: z.output<Position> | undefined): Promise<string | undefined> {
      if (position === undefined) return undefined;
      const text = JSON.stringify({ query: JSON.stringify(query), position });
      return new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(await key());
    },

    /**
     * The position in `cursor`; undefined without a cursor, on the first page.
     * @throws {Problem} invalid-request when it was changed, made up, or belongs to another query
     */
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
