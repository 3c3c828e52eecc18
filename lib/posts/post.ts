import * as z from 'zod';

const MAX_CONTENT_LENGTH = 5_000;

// SQS carries every character but these two; a message that holds one is lost.
const CARRIED_BY_QUEUES = /^[^\uFFFE\uFFFF]*$/u;

// No white space, control or format character, filler, or noncharacter. Private use characters may show something.
const VISIBLE =
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2800\uFFF9-\uFFFB\u{13430}-\u{13442}\u{16FE4}\u{1D159}]/u;

const isAtMost = (length: number) => (text: string) =>
  // There are never more code points than code units, and those are counted already.
  text.length <= length || [...text].length <= length;

const Content = z
  .string()
  .min(1, { error: 'must not be empty', abort: true })
  .regex(CARRIED_BY_QUEUES, 'must not hold U+FFFE or U+FFFF')
  .refine(isAtMost(MAX_CONTENT_LENGTH), `must be at most ${MAX_CONTENT_LENGTH} characters`)
  // DynamoDB and SNS carry UTF-8, which has no place for lone surrogates: they would come back as other characters.
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .meta({ maxLength: MAX_CONTENT_LENGTH });

export const PostType = z.enum(['text', 'photo', 'video', 'link']);
export type PostType = z.infer<typeof PostType>;

export const PostStatus = z.enum(['draft', 'published', 'flagged']);
export type PostStatus = z.infer<typeof PostStatus>;

/** A ULID in Crockford base 32: sorts by creation time. */
export const PostId = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be a ULID');

/** The subject of an access token. In paths `.` and `..` would mean something else. */
export const UserId = z
  .string()
  .min(1)
  .max(128)
  .regex(CARRIED_BY_QUEUES, 'must not hold U+FFFE or U+FFFF')
  .refine((id) => id.isWellFormed(), 'must be well-formed Unicode')
  .refine((id) => id !== '.' && id !== '..', 'must not be . or ..');

/** What an author decides about a post. `flagged` is moderation's. */
export const AuthoredFields = z.object({
  content: Content.refine((text) => VISIBLE.test(text), 'must hold at least one visible character').describe(
    'At least one character is visible.',
  ),
  type: PostType,
  status: PostStatus.exclude(['flagged']),
});
export type AuthoredFields = z.infer<typeof AuthoredFields>;

/** What moderation decided about one version of a post. `scores` maps each label to its confidence, 0 to 1. */
export const Moderation = z.object({
  decision: z.enum(['approved', 'flagged']),
  labels: z.array(z.string()),
  scores: z.record(z.string(), z.number().min(0).max(1)).default({}),
  reviewedVersion: z.int().positive(),
});
export type Moderation = z.infer<typeof Moderation>;

/**
 * A post as the table holds it; every other shape of a post derives from this one. `content` and `userId` are checked in
 * full only when they come in, so that older posts stay readable. `timestamp` is the creation; every write increments
 * `version`.
 */
export const Post = z.object({
  postId: PostId,
  userId: z.string().min(1).max(128),
  ...AuthoredFields.shape,
  content: Content,
  status: PostStatus,
  timestamp: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  version: z.int().positive(),
  moderation: Moderation.exactOptional(),
});
export type Post = z.infer<typeof Post>;
