import fc from 'fast-check';
import type { PostChange } from '#lib/events/change.ts';
import { AuthoredFields, type Moderation, type Post, PostStatus, PostType } from '#lib/posts/post.ts';

const CROCKFORD = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];

const postId = fc
  .tuple(
    fc.constantFrom(...CROCKFORD.slice(0, 8)),
    fc.array(fc.constantFrom(...CROCKFORD), { minLength: 25, maxLength: 25 }),
  )
  .map(([first, rest]) => [first, ...rest].join(''));

const timestamp = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** Texts of every script, with characters of one to four UTF-8 bytes and those that JSON escapes. */
export const content = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
  .filter((text) => AuthoredFields.shape.content.safeParse(text).success);

const moderation: fc.Arbitrary<Moderation> = fc.record({
  decision: fc.constantFrom('approved', 'flagged'),
  labels: fc.array(fc.constantFrom('profanity', 'repetition', 'too-many-links'), { maxLength: 2 }),
  scores: fc.constant({}),
  reviewedVersion: fc.integer({ min: 1, max: 5 }),
});

/** Any post that the table can hold. */
export const post: fc.Arbitrary<Post> = fc
  .record({
    postId,
    userId: fc.string({ minLength: 1, maxLength: 20 }),
    content,
    type: fc.constantFrom(...PostType.options),
    status: fc.constantFrom(...PostStatus.options),
    timestamp,
    updatedAt: timestamp,
    version: fc.integer({ min: 1, max: 1_000_000 }),
    moderation: fc.option(moderation, { nil: undefined }),
  })
  .map(({ moderation: decision, ...rest }) => ({ ...rest, ...(decision && { moderation: decision }) }));

/** A post and what a write can make of it: few values for each part, so that parts often stay as they were. */
const modified = fc
  .tuple(
    post,
    fc.record(
      {
        content: fc.constantFrom('one text', 'another text'),
        type: fc.constantFrom(...PostType.options),
        status: fc.constantFrom(...PostStatus.options),
        moderation,
      },
      { requiredKeys: [] },
    ),
  )
  .map(
    ([before, written]): PostChange => ({
      eventType: 'MODIFY',
      before,
      after: { ...before, ...written, version: before.version + 1 },
    }),
  );

/** Any change of a post that the stream can tell of. */
export const postChange: fc.Arbitrary<PostChange> = fc.oneof(
  post.map((after): PostChange => ({ eventType: 'INSERT', after })),
  modified,
  post.map((before): PostChange => ({ eventType: 'REMOVE', before })),
);
