import * as z from 'zod';
import { UserId } from './user-id.ts';

/** The longest content of a post, in Unicode code points (what JSON Schema's maxLength counts). */
export const MAX_CONTENT_LENGTH = 5_000;

const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/**
 * A post's text: 1 to 5,000 code points, at least one of them visible. Lone surrogates are refused because
 * DynamoDB and SNS carry UTF-8, which has no place for them: they would come back as other characters.
 */
export const PostContent = z
  .string()
  .regex(/\S/u, 'must hold at least one character that is not white space')
  // SQS carries every character but these two, which JSON does not escape; a message with one would be lost.
  .regex(/^[^\uFFFE\uFFFF]*$/u, 'must not hold U+FFFE or U+FFFF')
  .refine(
    // There are never more code points than code units, and those are counted already.
    (text) => text.length <= MAX_CONTENT_LENGTH || codePoints(text) <= MAX_CONTENT_LENGTH,
    `must be at most ${MAX_CONTENT_LENGTH} characters`,
  )
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .meta({ minLength: 1, maxLength: MAX_CONTENT_LENGTH });

export const PostType = z.enum(['text', 'photo', 'video', 'link']);
export type PostType = z.infer<typeof PostType>;

export const PostStatus = z.enum(['draft', 'published', 'flagged']);
export type PostStatus = z.infer<typeof PostStatus>;

/** A ULID in Crockford base 32: sorts by creation time. */
export const PostId = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be a ULID');

/**
 * What content moderation decided about one version of a post.
 * `scores` maps each label to its confidence, 0 to 1.
 */
export const Moderation = z.object({
  decision: z.enum(['approved', 'flagged']),
  labels: z.array(z.string()),
  scores: z.record(z.string(), z.number().min(0).max(1)).default({}),
  reviewedVersion: z.int().positive(),
});
export type Moderation = z.infer<typeof Moderation>;

/** A post as the table holds it. `timestamp` is its creation, `version` rises by one with every write. */
export const Post = z.object({
  postId: PostId,
  userId: UserId,
  content: PostContent,
  type: PostType,
  status: PostStatus,
  timestamp: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  version: z.int().positive(),
  moderation: Moderation.exactOptional(),
});
export type Post = z.infer<typeof Post>;
