import { check } from '../../chaos/checker/check.ts';
import { observationsOf } from '../../chaos/checker/observations.ts';
import type { Rule } from '../../chaos/checker/violation.ts';
import type { Evidence } from '../../chaos/evidence/evidence.ts';
import { cleanEvidence, SPAM, SUNRISE, waiting } from './evidence.ts';

const without = <Item>(items: readonly Item[], left: (item: Item) => boolean): Item[] =>
  items.filter((item) => !left(item));
const minus = (keys: ReadonlySet<string>, key: string) => new Set([...keys].filter((one) => one !== key));

/** One way for evidence to be wrong. */
type Breakage = [what: string, rule: Rule, subject: string, breaks: (clean: Evidence) => Partial<Evidence>];

const BREAKAGES: Breakage[] = [
  [
    'an accepted change is in no version',
    'accepted changes are there',
    'SUNRISE version 3',
    ({ accepted }) => ({
      accepted: [
        ...accepted,
        { marker: 'mx1', postId: 'SUNRISE', version: 3, content: 'edited', type: 'text' },
      ],
    }),
  ],
  [
    'an accepted version holds other words',
    'accepted changes are there',
    'SUNRISE version 1',
    ({ accepted }) => ({
      accepted: accepted.map((one) => (one.postId === 'SUNRISE' ? { ...one, content: 'other' } : one)),
    }),
  ],
  [
    'an accepted removal never happened',
    'accepted changes are there',
    'GONE',
    ({ changes }) => ({ changes: without(changes, ({ eventId }) => eventId === 'e7') }),
  ],
  [
    'a post is gone that its author kept',
    'accepted changes are there',
    'SUNRISE',
    ({ posts }) => ({ posts: without(posts, ({ postId }) => postId === 'SUNRISE') }),
  ],
  [
    'a removal took a version that it did not name',
    'accepted changes are there',
    'GONE',
    ({ accepted }) => ({
      accepted: accepted.map((one) => (one.postId === 'GONE' ? { ...one, removes: 3 } : one)),
    }),
  ],
  [
    'a removed post is there',
    'accepted changes are there',
    'GONE',
    ({ posts }) => ({
      posts: [...posts, { postId: 'GONE', status: 'draft', content: 'umbrella mx3 take 1', version: 1 }],
    }),
  ],
  [
    'an edit was lost to a write at the same time',
    'accepted changes are there',
    'SUNRISE',
    ({ posts }) => ({
      posts: posts.map((post) => (post.postId === 'SUNRISE' ? { ...post, type: 'photo' } : post)),
    }),
  ],
  [
    'a bad post stays published',
    'accepted changes are there',
    'SPAM',
    ({ posts }) => ({
      posts: posts.map((post) => (post.postId === 'SPAM' ? { ...post, status: 'published' } : post)),
    }),
  ],
  [
    'a retry created a second post',
    'nothing is written twice',
    'TWIN',
    ({ changes }) => ({
      changes: [
        ...changes,
        {
          eventId: 'e8',
          before: undefined,
          after: { postId: 'TWIN', content: SUNRISE, status: 'draft', version: 1 },
        },
      ],
    }),
  ],
  [
    'a write went over another',
    'nothing is written twice',
    'SUNRISE',
    ({ changes }) => ({
      changes: changes.flatMap((change) =>
        change.eventId === 'e5' ? [change, { ...change, eventId: 'e9' }] : [change],
      ),
    }),
  ],
  [
    'a published post is not in the index',
    'the index shows what is published',
    'SUNRISE',
    ({ index }) => ({
      index: { ...index, states: without(index.states, ({ postId }) => postId === 'SUNRISE') },
    }),
  ],
  [
    'the index shows an earlier text',
    'the index shows what is published',
    'SUNRISE',
    ({ index }) => ({
      index: {
        ...index,
        states: index.states.map((state) => (state.visible ? { ...state, content: 'stale' } : state)),
      },
    }),
  ],
  [
    'the index is a version behind',
    'the index shows what is published',
    'SUNRISE',
    ({ index }) => ({
      index: { ...index, states: index.states.map((state) => ({ ...state, version: state.version - 1 })) },
    }),
  ],
  [
    'the index shows what was taken down',
    'the index shows what is published',
    'SPAM',
    ({ index }) => ({
      index: {
        ...index,
        states: index.states.map((state) => (state.postId === 'SPAM' ? { ...state, visible: true } : state)),
      },
    }),
  ],
  [
    'a word leads nowhere',
    'the index shows what is published',
    'SUNRISE',
    ({ index }) => ({ index: { ...index, hints: [] } }),
  ],
  [
    'a hint of a removed post is left over',
    'the index shows what is published',
    'GONE',
    ({ index }) => ({
      index: { ...index, hints: [...index.hints, { postId: 'GONE', word: 'umbrella' }] },
    }),
  ],
  [
    'the public search does not find it',
    'the index shows what is published',
    'search for mx1',
    () => ({ searches: [{ postId: 'SUNRISE', word: 'mx1', found: [] }] }),
  ],
  [
    'a publication was not notified',
    'every publication is notified once',
    'SUNRISE#1',
    ({ notifications }) => ({
      notifications: without(notifications, ({ notificationId }) => notificationId === 'SUNRISE#1'),
    }),
  ],
  [
    'a notification tells of nothing',
    'every publication is notified once',
    'SUNRISE#2',
    ({ notifications }) => ({
      notifications: [
        ...notifications,
        { notificationId: 'SUNRISE#2', userId: 'ada', postId: 'SUNRISE', version: 2, kind: 'published' },
      ],
    }),
  ],
  [
    'a notification was written over',
    'every publication is notified once',
    'SUNRISE#1',
    ({ notificationWrites }) => ({ notificationWrites: [...notificationWrites, 'SUNRISE#1'] }),
  ],
  [
    'a notification is of another kind',
    'every publication is notified once',
    'SPAM#2',
    ({ notifications }) => ({
      notifications: notifications.map((one) =>
        one.notificationId === 'SPAM#2' ? { ...one, kind: 'published' } : one,
      ),
    }),
  ],
  [
    'a device was not told',
    'every device is told once',
    'device phone SUNRISE#1 published',
    ({ taken }) => ({ taken: without(taken, ({ notificationId }) => notificationId === 'SUNRISE#1') }),
  ],
  [
    'a device was told twice',
    'every device is told once',
    'device phone SUNRISE#1 published',
    ({ taken }) => ({
      taken: [
        ...taken,
        { deviceId: 'phone', notificationId: 'SUNRISE#1', kind: 'published', at: 40, answerLost: false },
      ],
    }),
  ],
  [
    'a version was reviewed twice',
    'every version is reviewed once',
    'SUNRISE version 1',
    ({ changes }) => ({
      changes: changes.flatMap((change) =>
        change.eventId === 'e5' ? [change, { ...change, eventId: 'e9' }] : [change],
      ),
    }),
  ],
  [
    'a decision was decided about',
    'every version is reviewed once',
    'SUNRISE version 2',
    ({ changes }) => ({
      changes: changes.flatMap((change) =>
        change.eventId === 'e5' && change.after
          ? [
              change,
              {
                eventId: 'e9',
                before: change.after,
                after: {
                  ...change.after,
                  version: 3,
                  moderation: { decision: 'approved', reviewedVersion: 2 },
                },
              },
            ]
          : [change],
      ),
    }),
  ],
  [
    'a review decided against the rules',
    'every version is reviewed once',
    'SPAM version 1',
    ({ changes }) => ({
      changes: changes.map((change) =>
        change.eventId === 'e6' && change.after
          ? {
              ...change,
              after: { ...change.after, moderation: { decision: 'approved', reviewedVersion: 1 } },
            }
          : change,
      ),
    }),
  ],
  [
    'a review changed the text',
    'every version is reviewed once',
    'SPAM version 1',
    ({ changes }) => ({
      changes: changes.map((change) =>
        change.eventId === 'e6' && change.after
          ? { ...change, after: { ...change.after, content: `${SPAM} changed` } }
          : change,
      ),
    }),
  ],
  [
    'what is readable was never reviewed',
    'every version is reviewed once',
    'SUNRISE',
    ({ posts }) => ({
      posts: posts.map((post) => (post.postId === 'SUNRISE' ? { ...post, moderation: undefined } : post)),
    }),
  ],
  [
    'what is readable was reviewed at an earlier version',
    'every version is reviewed once',
    'SUNRISE',
    ({ posts }) => ({
      posts: posts.map((post) => (post.postId === 'SUNRISE' ? { ...post, version: 3 } : post)),
    }),
  ],
  [
    'an event is nowhere',
    'every event is in one place',
    'event e2 (SPAM version 1, published) for search-indexing',
    ({ handled }) => ({ handled: minus(handled, 'search e2') }),
  ],
  [
    'an event is in two places',
    'every event is in one place',
    'event e2 (SPAM version 1, published) for search-indexing',
    (clean) => ({
      waiting: [...clean.waiting, waiting('queue', 'SearchDeadLetterQueue', 'search', ['e2'], undefined)],
    }),
  ],
  [
    'a subscriber got what it did not ask for',
    'every event is in one place',
    'event e5 (SUNRISE version 2, reviewed) for push-notifications',
    ({ handled }) => ({ handled: new Set([...handled, 'push e5']) }),
  ],
  [
    'what breaks the contract is not parked',
    'every event is in one place',
    'event e4, which breaks the contract',
    (clean) => ({ waiting: without(clean.waiting, ({ source }) => source === 'parked') }),
  ],
  [
    'what breaks the contract was given up and not redriven',
    'every event is in one place',
    'event e4, which breaks the contract',
    ({ waitingAfterRedrive }) => ({
      waitingAfterRedrive: without(waitingAfterRedrive, ({ source }) => source === 'parked'),
    }),
  ],
  [
    'what could be published was parked',
    'every event is in one place',
    'event e3',
    (clean) => ({
      waiting: [...clean.waiting, waiting('parked', 'broadcaster', undefined, ['e3'], undefined)],
    }),
  ],
  [
    'what nobody can read is nowhere',
    'every event is in one place',
    'message "junk"',
    (clean) => ({ waiting: without(clean.waiting, ({ body }) => body === 'junk') }),
  ],
  [
    'a redrive left something behind',
    'every event is in one place',
    'e1',
    (clean) => ({ waitingAfterRedrive: clean.waiting }),
  ],
  [
    'what the redrive set off was lost',
    'every event is in one place',
    'event e7 (GONE version 2, removed) for search-indexing',
    ({ handledAtEnd }) => ({ changesBeforeRedrive: 6, handledAtEnd: minus(handledAtEnd, 'search e7') }),
  ],
  [
    'a dead letter does not say why',
    'every dead letter names its cause',
    'PushDeadLetterQueue: e1',
    (clean) => ({
      waiting: clean.waiting.map((one) => (one.eventIds.includes('e1') ? { ...one, reason: ' ' } : one)),
    }),
  ],
  [
    'a dead letter has no line in the log though nothing was killed',
    'every dead letter names its cause',
    'PushDeadLetterQueue: e1',
    (clean) => ({
      waiting: clean.waiting.map((one) =>
        one.eventIds.includes('e1') ? { ...one, reason: 'no line of the log names it: …' } : one,
      ),
    }),
  ],
  [
    'the stream is not read to its end',
    'nothing is left under way',
    'the stream',
    ({ left }) => ({ left: { ...left, iteratorAgeIsZero: false } }),
  ],
  [
    'a queue is not empty',
    'nothing is left under way',
    'search',
    ({ left }) => ({ left: { ...left, inQueues: [{ queue: 'search', messages: 1 }] } }),
  ],
];

describe('the checker', () => {
  test('finds nothing wrong in what a clean run leaves behind', () => {
    expect(check(cleanEvidence()).violations).toEqual([]);
  });

  test.each(BREAKAGES)('sees that %s', (_what, rule, subject, breaks) => {
    const clean = cleanEvidence();
    const { violations } = check({ ...clean, ...breaks(clean) });
    expect(violations).toContainEqual(expect.objectContaining({ rule, subject }));
  });

  test('excuses a repeat to a device whose first answer was lost, and only that', () => {
    const clean = cleanEvidence();
    const [first, ...others] = clean.taken;
    if (!first) throw new Error('the phone was told nothing');
    const again = { ...first, at: 40 };
    const lost = { ...clean, taken: [{ ...first, answerLost: true }, ...others, again] };
    expect(check(lost)).toMatchObject({ violations: [], excusedRepeats: 1 });
    const thrice = { ...lost, taken: [...lost.taken, { ...again, at: 50 }] };
    expect(check(thrice).violations).toHaveLength(1);
  });

  test('excuses a repeat to a device when the sender ended in between, not before or after', () => {
    const clean = cleanEvidence();
    const again = {
      deviceId: 'phone',
      notificationId: 'SUNRISE#1',
      kind: 'published',
      at: 40,
      answerLost: false,
    };
    const endedAt = (at: number) =>
      check({
        ...clean,
        taken: [...clean.taken, again],
        pushInterruptions: [{ from: at, to: at + 1, what: 'kill' }],
      });
    expect(endedAt(25)).toMatchObject({ violations: [], excusedRepeats: 1 });
    expect(endedAt(5).violations).toHaveLength(1);
    expect(endedAt(45).violations).toHaveLength(1);
  });

  test('knows what expired from what was lost: nobody is told of it, and the index is repaired', () => {
    const clean = cleanEvidence();
    const lost = {
      ...clean,
      handled: minus(clean.handled, 'push e2'),
      handledAtEnd: minus(clean.handledAtEnd, 'push e2'),
      notifications: without(clean.notifications, ({ notificationId }) => notificationId === 'SPAM#1'),
      taken: without(clean.taken, ({ notificationId }) => notificationId === 'SPAM#1'),
    };
    expect(new Set(check(lost).violations.map(({ rule }) => rule))).toEqual(
      new Set([
        'every publication is notified once',
        'every device is told once',
        'every event is in one place',
      ]),
    );
    expect(check({ ...lost, expired: new Set(['push e2']) }).violations).toEqual([]);
    const notRebuilt = check({ ...clean, isRepaired: true }).violations;
    expect(notRebuilt).toMatchObject([{ rule: 'the index shows what is published', subject: 'SUNRISE' }]);
  });

  test('lets the dead-letter queue tell whether a deletion that came too late took effect', () => {
    const clean = cleanEvidence();
    const neverDeleted = { ...clean, perhapsHandled: new Set(['push e1']) };
    expect(check(neverDeleted).violations).toEqual([]);
    const deletedLate = {
      ...clean,
      handled: minus(clean.handled, 'search e2'),
      perhapsHandled: new Set(['search e2']),
    };
    expect(check(deletedLate).violations).toEqual([]);
  });

  test('knows a message that was handled and kept from the second message of a repeated event', () => {
    const clean = cleanEvidence();
    const handledOnce = { ...clean, handled: new Set([...clean.handled, 'push e1']) };
    expect(check(handledOnce).violations).toEqual([]);
    const handledAndKept = {
      ...handledOnce,
      handledMessages: new Set([...clean.handledMessages, 'push message-e1']),
    };
    expect(check(handledAndKept).violations).toMatchObject([{ rule: 'every event is in one place' }]);
  });

  test('takes two messages of a repeated event that gave up for one place, and one message twice for two', () => {
    const clean = cleanEvidence();
    const [dead] = clean.waiting.filter(({ eventIds }) => eventIds.includes('e1'));
    if (!dead) throw new Error('e1 waits');
    const withAlso = (messageId: string | undefined) =>
      check({ ...clean, waiting: [...clean.waiting, { ...dead, messageId }] }).violations;
    expect(withAlso('message-of-the-repetition')).toEqual([]);
    expect(withAlso(dead.messageId)).toMatchObject([{ rule: 'every event is in one place' }]);
  });

  test('lets the stream give up what was published, but not what was parked', () => {
    const clean = cleanEvidence();
    const alsoAt = (source: 'stream' | 'parked') =>
      check({
        ...clean,
        waiting: [...clean.waiting, waiting(source, 'the root', undefined, ['e2'], undefined)],
      });
    expect(alsoAt('stream').violations).toEqual([]);
    expect(new Set(alsoAt('parked').violations.map(({ rule }) => rule))).toEqual(
      new Set(['every event is in one place']),
    );
  });

  test('holds each notification of a post by itself against what interrupted its sender', () => {
    const clean = cleanEvidence();
    const told = (notificationId: string, at: number) => ({
      ...{ deviceId: 'phone', notificationId, kind: 'published', at, answerLost: false },
    });
    const others = without(clean.taken, ({ kind }) => kind === 'published');
    const bothAgain = [told('SUNRISE#1', 10), told('SPAM#1', 11), told('SUNRISE#1', 20), told('SPAM#1', 21)];
    const pushInterruptions = [{ from: 15, to: 16, what: 'kill' }];
    expect(check({ ...clean, taken: [...others, ...bothAgain], pushInterruptions })).toMatchObject({
      ...{ violations: [], excusedRepeats: 2 },
    });
  });

  test('counts what subscribers had to put up with', () => {
    const event = (eventId: string, version: number, queue = 'search') => ({
      queue,
      messageId: eventId,
      event: { eventId, postId: SUNRISE, version },
    });
    const seen = [event('e1', 1), event('e3', 3), event('e2', 2), event('e3', 3), event('e1', 1, 'push')];
    expect(observationsOf({ seen })).toEqual({ deliveries: 5, duplicates: 1, orderViolations: 1 });
  });
});
