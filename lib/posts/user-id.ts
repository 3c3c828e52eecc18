import * as z from '#lib/platform/zod.ts';

/** Who writes posts: the subject of an access token. */
export const UserId = z.string().check(z.minLength(1), z.maxLength(128));
