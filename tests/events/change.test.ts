import fc from 'fast-check';
import { Change, describeChange } from '#lib/events/change.ts';
import type { Post } from '#lib/posts/post.ts';
import { aPost, changed } from '#tests/support/events.ts';
import { post, postChange } from './arbitraries.ts';

const approved: Post['moderation'] = { decision: 'approved', labels: [], scores: {}, reviewedVersion: 1 };
const condemned: Post['moderation'] = { ...approved, decision: 'flagged', labels: ['profanity'] };
const draft = aPost({ status: 'draft' });
const published = aPost();
const reviewed = aPost({ moderation: approved, version: 2 });
const flagged = aPost({ status: 'flagged', moderation: condemned, version: 2 });

describe('a new post', () => {
  test.each([
    ['draft', 'drafted'],
    ['published', 'published'],
    ['flagged', 'flagged'],
  ] as const)('in status %s is %s', (status, change) => {
    expect(describeChange({ eventType: 'INSERT', after: aPost({ status }) })).toBe(change);
  });
});

describe('a write', () => {
  test.each<[what: string, before: Post, written: Partial<Post>, change: Change]>([
    ['that publishes a draft', draft, { status: 'published' }, 'published'],
    ['that publishes a draft with another text', draft, { status: 'published', content: 'new' }, 'published'],
    ['to a draft', draft, { content: 'new' }, 'edited'],
    ['of another text', published, { content: 'new' }, 'edited'],
    ['of another type', published, { type: 'photo' }, 'edited'],
    ['that approves', published, { moderation: approved }, 'reviewed'],
    [
      'that approves a version again reviewed',
      reviewed,
      { moderation: { ...approved, reviewedVersion: 2 } },
      'reviewed',
    ],
    ['that takes a published post down', published, { status: 'flagged', moderation: condemned }, 'flagged'],
    [
      'that releases a flagged post',
      flagged,
      { status: 'published', moderation: { ...approved, reviewedVersion: 2 } },
      'published',
    ],
    ['that keeps a post flagged', flagged, { moderation: { ...condemned, reviewedVersion: 3 } }, 'reviewed'],
    ['to a flagged post by its author', flagged, { content: 'polite' }, 'edited'],
    ['that takes a published post back', published, { status: 'draft' }, 'unpublished'],
    ['that takes a flagged post back', flagged, { status: 'draft' }, 'unpublished'],
    ['of a text with a decision', published, { content: 'new', moderation: approved }, 'edited'],
    ['that changes nothing but the version', published, {}, 'edited'],
  ])('%s', (_what, before, written, change) => {
    expect(describeChange({ eventType: 'MODIFY', before, after: changed(before, written) })).toBe(change);
  });

  test('names the status that a post came to, whatever else it changed', () => {
    const INTO = { draft: 'unpublished', published: 'published', flagged: 'flagged' } as const;
    fc.assert(
      fc.property(post, post, (before, after) => {
        fc.pre(before.status !== after.status);
        expect(describeChange({ eventType: 'MODIFY', before, after })).toBe(INTO[after.status]);
      }),
    );
  });
});

test('a removal is a removal, whatever the post was', () => {
  fc.assert(
    fc.property(post, (before) => {
      expect(describeChange({ eventType: 'REMOVE', before })).toBe('removed');
    }),
  );
});

test('every change has a name, and only removals are called removed', () => {
  fc.assert(
    fc.property(postChange, (change) => {
      const name = describeChange(change);
      expect(Change.options).toContain(name);
      expect(name === 'removed').toBe(change.eventType === 'REMOVE');
      if (name === 'drafted') expect(change.eventType).toBe('INSERT');
      if (name === 'edited' || name === 'reviewed' || name === 'unpublished') {
        expect(change.eventType).toBe('MODIFY');
      }
    }),
  );
});

test('no name is left unused', () => {
  const used = new Set(fc.sample(postChange, { numRuns: 3_000, seed: 1 }).map(describeChange));
  expect(used).toEqual(new Set(Change.options));
});
