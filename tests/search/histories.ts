import fc from 'fast-check';
import { ulid } from 'ulid';
import type { PostChange } from '#lib/events/change.ts';
import { type PostEvent, postEventOf } from '#lib/events/post-event.ts';
import type { Post } from '#lib/posts/post.ts';

/** Words that the posts of a history are made of; they share beginnings on purpose. */
export const VOCABULARY = ['rain', 'rainy', 'rainbow', 'sun', 'sunny', 'the', 'them', 'on', '北京', 'สวัสดี'];

const MANY_WORDS = Array.from({ length: 40 }, (_, index) => `filler${index}`).join(' ');

const content = fc
  .tuple(fc.uniqueArray(fc.constantFrom(...VOCABULARY), { minLength: 1, maxLength: 4 }), fc.boolean())
  // Sometimes more postings than one BatchWriteItem takes.
  .map(([words, long]) => `${words.join(' ')}${long ? ` ${MANY_WORDS}` : ''}`);

type Step =
  | { kind: 'edit'; content: string }
  | { kind: 'publish' | 'unpublish' | 'flag' | 'review' | 'retype' | 'remove' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: content.map((text) => ({ kind: 'edit' as const, content: text })) },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('publish', 'publish', 'unpublish', 'flag', 'review', 'retype')
      .map((kind) => ({ kind })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'remove' as const }) },
);

const after = (post: Post, { ...done }: Step): Post => {
  const next = { ...post, version: post.version + 1 };
  if (done.kind === 'edit') return { ...next, content: done.content };
  if (done.kind === 'publish') return { ...next, status: 'published' };
  if (done.kind === 'unpublish') return { ...next, status: 'draft' };
  if (done.kind === 'flag') return { ...next, status: 'flagged' };
  if (done.kind === 'retype') return { ...next, type: post.type === 'text' ? 'link' : 'text' };
  const moderation = { decision: 'approved' as const, labels: [], scores: {}, reviewedVersion: post.version };
  return { ...next, moderation };
};

const eventsOf = (first: Post, steps: readonly Step[]): PostEvent[] => {
  const changes: PostChange[] = [{ eventType: 'INSERT', after: first }];
  let post = first;
  for (const taken of steps) {
    if (taken.kind === 'remove') {
      changes.push({ eventType: 'REMOVE', before: post });
      break;
    }
    const next = after(post, taken);
    changes.push({ eventType: 'MODIFY', before: post, after: next });
    post = next;
  }
  return changes.map((change, index) =>
    postEventOf(change, {
      eventId: `${first.postId}-${index}`,
      occurredAt: '2026-11-20T10:00:00.000Z',
      correlationId: 'test',
    }),
  );
};

/** Everything that happened to one post, in order. Each history is of another post. */
export const history: fc.Arbitrary<PostEvent[]> = fc
  .record({
    text: content,
    status: fc.constantFrom('draft' as const, 'published' as const),
    userId: fc.constantFrom('ada', 'grace'),
    created: fc.integer({ min: 0, max: 5 }),
    steps: fc.array(step, { maxLength: 6 }),
  })
  .map(({ text, status, userId, created, steps }) => {
    const timestamp = new Date(Date.UTC(2026, 10, 20, 9, created)).toISOString();
    return eventsOf(
      {
        postId: ulid(Date.parse(timestamp)),
        userId,
        content: text,
        type: 'text',
        status,
        timestamp,
        updatedAt: timestamp,
        version: 1,
      },
      steps,
    );
  });

/** The events as at-least-once delivery may bring them: each one or more times, in any order. */
export const delivered = (events: readonly PostEvent[]): fc.Arbitrary<PostEvent[]> =>
  fc.array(fc.integer({ min: 0, max: Math.max(0, events.length - 1) }), { maxLength: 6 }).chain((again) => {
    const all = [...events, ...again.map((index) => events[index]).filter((event) => event !== undefined)];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });
