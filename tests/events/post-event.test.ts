import fc from 'fast-check';
import { attributesOf, PostEvent, postEventOf } from '#lib/events/post-event.ts';
import { aPost, changed } from '#tests/support/events.ts';
import { post, postChange } from './arbitraries.ts';

const record = { eventId: 'event-1', occurredAt: '2026-11-20T09:00:00.000Z', correlationId: 'request-1' };

test('the event of any change keeps the contract', () => {
  fc.assert(
    fc.property(postChange, (change) => {
      const event = postEventOf(change, record);
      expect(PostEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
    }),
  );
});

test('a removal tells of the post as it was last, one version on', () => {
  fc.assert(
    fc.property(post, (before) => {
      const { version, content, status, contentType } = postEventOf({ eventType: 'REMOVE', before }, record);
      expect(version).toBe(before.version + 1);
      expect({ content, status, type: contentType }).toEqual({
        content: before.content,
        status: before.status,
        type: before.type,
      });
    }),
  );
});

test('a write tells of the post as it is now', () => {
  const before = aPost({ status: 'draft' });
  const after = changed(before, { status: 'published', content: 'Ready', type: 'link' });
  expect(postEventOf({ eventType: 'MODIFY', before, after }, record)).toEqual({
    ...record,
    schemaVersion: 1,
    eventType: 'MODIFY',
    change: 'published',
    postId: before.postId,
    userId: before.userId,
    contentType: 'link',
    status: 'published',
    timestamp: before.timestamp,
    content: 'Ready',
    version: 2,
  });
});

test('the attributes are four texts of the body, so that filter policies select what the body says', () => {
  fc.assert(
    fc.property(postChange, (change) => {
      const event = postEventOf(change, record);
      const { eventType, contentType, status, change: meaning } = event;
      expect(attributesOf(event)).toEqual({ eventType, contentType, status, change: meaning });
    }),
  );
});
