import * as z from '#lib/platform/zod.ts';

/** How long a key stands for its first request, in seconds. */
export const KEY_LIFETIME_SECONDS = 24 * 60 * 60;

/**
 * An Idempotency-Key: the quoted string of the IETF draft, or bare as most clients send it. Both spellings are
 * the same key.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header
 */
export const IdempotencyKey = z
  .pipe(
    z
      .string()
      .check(
        z.regex(
          /^(?:"[\x20\x21\x23-\x5b\x5d-\x7e]{1,255}"|[\x21\x23-\x2b\x2d-\x7e]{1,255})$/,
          'must be 1 to 255 printable ASCII characters',
        ),
      ),
    z.transform((key) => key.replace(/^"(.*)"$/, '$1')),
  )
  .check(
    z.describe(
      'The same key and body within 24 hours give the first answer again, and nothing is done twice.',
    ),
  );
