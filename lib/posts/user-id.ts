import * as z from 'zod';

/** Who writes posts: the subject of an access token. */
export const UserId = z.string().min(1).max(128);
