import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import * as z from '#lib/platform/zod.ts';
import { Problem } from './problem.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The query a cursor belongs to: it opens for no other. */
export type QueryKey = readonly (string | undefined)[];

/** Makes cursors out of positions and reads them back. */
export interface Cursors {
  seal(query: QueryKey, position: unknown): string;
  /** @throws {Problem} invalid-request when the cursor was changed, made up, or belongs to another query */
  open<Schema extends z.ZodMiniType>(query: QueryKey, schema: Schema, cursor: string): z.output<Schema>;
}

/** A cursor as it comes in. */
export const Cursor = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9_-]{1,2048}$/, 'is not a cursor'),
    z.describe('`nextCursor` of the page before, for the same query.'),
  );

const notOurs = () =>
  new Problem('invalid-request', {
    errors: [{ detail: 'is not a cursor of this query', parameter: 'cursor' }],
  });

/**
 * Cursors that say nothing to their holder and cannot be changed by him: encrypted, because a position may name
 * a post that he is not to know of, and authenticated together with the query.
 * @param secret at least 32 characters, the same for every function that shares cursors
 */
export const sealedCursors = (secret: string): Cursors => {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'post-broadcast cursor v1', 32));
  const bound = (query: QueryKey) => Buffer.from(JSON.stringify(query));
  return {
    seal(query, position) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(bound(query));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(position)), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },

    open(query, schema, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      // Other spellings of the same bytes are no cursors of ours.
      if (bytes.toString('base64url') !== cursor || bytes.length < NONCE_BYTES + TAG_BYTES) throw notOurs();
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(bound(query))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const plain = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      try {
        decipher.final();
      } catch {
        throw notOurs();
      }
      return schema.parse(JSON.parse(plain.toString()));
    },
  };
};
