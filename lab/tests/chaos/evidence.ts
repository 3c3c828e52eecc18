import type { ChangeRecord, Evidence, IndexState, PostImage } from '../../chaos/evidence/evidence.ts';

const POLICIES = {
  search: { change: ['published', 'edited', 'unpublished', 'flagged', 'removed'] },
  push: { change: ['published', 'flagged'] },
  moderation: { change: ['published', 'edited'], status: ['published', 'flagged'] },
};

export const SUNRISE = 'sunrise mx1 take 1';
export const SPAM = 'free casino bonus mx2 take 1';

const post = (postId: string, content: string, more: Partial<PostImage> = {}): PostImage => ({
  ...{ postId, userId: 'ada', content, type: 'text', status: 'published', version: 1 },
  ...more,
});
const reviewed = (before: PostImage, decision: 'approved' | 'flagged'): PostImage => ({
  ...before,
  status: decision === 'flagged' ? 'flagged' : 'published',
  moderation: { decision, reviewedVersion: before.version ?? 0 },
  version: (before.version ?? 0) + 1,
});
const shown = (of: PostImage, version: number): IndexState => ({
  ...{ postId: of.postId, version, content: of.content ?? '', type: 'text', visible: true, removed: false },
  words: (of.content ?? '').split(' '),
});

/**
 * What a clean run leaves behind: a good post, a bad one that moderation took down, one that its author removed, an
 * item that breaks the contract, a message that nobody can read, and one that its subscriber gave up until the redrive.
 */
export const cleanEvidence = (): Evidence => {
  const sunrise = post('SUNRISE', SUNRISE);
  const spam = post('SPAM', SPAM);
  const gone = post('GONE', 'umbrella mx3 take 1', { status: 'draft' });
  const changes: ChangeRecord[] = [
    { eventId: 'e1', before: undefined, after: sunrise },
    { eventId: 'e2', before: undefined, after: spam },
    { eventId: 'e3', before: undefined, after: gone },
    { eventId: 'e4', before: undefined, after: { postId: 'POISON', content: 'poison' } },
    { eventId: 'e5', before: sunrise, after: reviewed(sunrise, 'approved') },
    { eventId: 'e6', before: spam, after: reviewed(spam, 'flagged') },
    { eventId: 'e7', before: gone, after: undefined },
  ];
  const intent = { author: 'ada', removed: false, type: 'text', status: 'published' } as const;
  const handled = new Set(
    ['search e1', 'search e2', 'search e6', 'push e2', 'push e6', 'moderation e1', 'moderation e2'].concat(
      'search e7',
    ),
  );
  return {
    accepted: [
      { marker: 'mx1', postId: 'SUNRISE', version: 1, content: SUNRISE, type: 'text' },
      { marker: 'mx2', postId: 'SPAM', version: 1, content: SPAM, type: 'text' },
      { marker: 'mx3', postId: 'GONE', version: undefined, content: undefined, type: undefined },
    ],
    intents: [
      { ...intent, marker: 'mx1', postId: 'SUNRISE', content: SUNRISE },
      { ...intent, marker: 'mx2', postId: 'SPAM', content: SPAM },
      { ...intent, marker: 'mx3', postId: 'GONE', content: 'umbrella mx3 take 1', removed: true },
    ],
    poison: ['POISON'],
    junk: [{ queue: 'search', body: 'junk' }],
    changes,
    changesBeforeRedrive: changes.length,
    posts: [
      reviewed(sunrise, 'approved'),
      reviewed(spam, 'flagged'),
      { postId: 'POISON', content: 'poison' },
    ],
    index: {
      states: [
        shown(sunrise, 1),
        { ...shown(spam, 2), visible: false, words: [] },
        { ...shown(gone, 2), visible: false, removed: true, words: [] },
      ],
      // Of what is only hidden, hints stay.
      hints: [
        ...SUNRISE.split(' ').map((word) => ({ postId: 'SUNRISE', word })),
        ...SPAM.split(' ').map((word) => ({ postId: 'SPAM', word })),
      ],
    },
    searches: [{ postId: 'SUNRISE', word: 'mx1', found: [{ postId: 'SUNRISE', content: SUNRISE }] }],
    notifications: [
      { notificationId: 'SUNRISE#1', userId: 'ada', postId: 'SUNRISE', version: 1, kind: 'published' },
      { notificationId: 'SPAM#1', userId: 'ada', postId: 'SPAM', version: 1, kind: 'published' },
      { notificationId: 'SPAM#2', userId: 'ada', postId: 'SPAM', version: 2, kind: 'flagged' },
    ],
    notificationWrites: ['SUNRISE#1', 'SPAM#1', 'SPAM#2'],
    devices: [
      { userId: 'ada', deviceId: 'phone', subscription: { endpoint: '', keys: { p256dh: '', auth: '' } } },
    ],
    taken: [
      { deviceId: 'phone', notificationId: 'SUNRISE#1', kind: 'published', at: 10, answerLost: false },
      { deviceId: 'phone', notificationId: 'SPAM#1', kind: 'published', at: 20, answerLost: false },
      { deviceId: 'phone', notificationId: 'SPAM#2', kind: 'flagged', at: 30, answerLost: false },
    ],
    pushInterruptions: [],
    subscribers: [
      { name: 'search-indexing', queue: 'search', filterPolicy: POLICIES.search },
      { name: 'push-notifications', queue: 'push', filterPolicy: POLICIES.push },
      { name: 'content-moderation', queue: 'moderation', filterPolicy: POLICIES.moderation },
    ],
    seen: [],
    handled,
    handledMessages: new Set([...handled].map((key) => key.replace(' ', ' message-'))),
    perhapsHandled: new Set(),
    handledAtEnd: new Set([...handled, 'push e1']),
    waiting: [
      waiting('parked', 'broadcaster', undefined, ['e4'], undefined),
      waiting('queue', 'SearchDeadLetterQueue', 'search', [], 'junk'),
      waiting('queue', 'PushDeadLetterQueue', 'push', ['e1'], undefined),
    ],
    waitingAfterRedrive: [
      waiting('parked', 'broadcaster', undefined, ['e4'], undefined),
      waiting('queue', 'SearchDeadLetterQueue', 'search', [], 'junk'),
    ],
    expired: new Set(),
    isRepaired: false,
    lostLogs: false,
    left: { iteratorAgeIsZero: true, inQueues: [{ queue: 'search', messages: 0 }] },
  };
};

export const waiting = (
  source: Evidence['waiting'][number]['source'],
  place: string,
  queue: string | undefined,
  eventIds: string[],
  body: string | undefined,
): Evidence['waiting'][number] => ({
  ...{ source, place, queue, eventIds, body },
  messageId: queue && `message-${eventIds[0]}`,
  reason: 'it did not fit',
});
