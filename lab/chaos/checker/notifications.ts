import type { Evidence } from '../evidence/evidence.ts';
import type { Taken } from '../push-endpoint.ts';
import { meaningOf, toldBy } from './change.ts';
import { type Violation, violationsOf } from './violation.ts';

const PUSH = 'push-notifications';

/**
 * What authors have to be told: each publication, and each time that moderation took a post down; but for events that
 * expired in the queue, which would be old news.
 */
const toBeTold = ({ changes, poison, subscribers, expired, handledAtEnd }: Evidence) => {
  const queue = subscribers.find(({ name }) => name === PUSH)?.queue;
  return changes.flatMap((change) => {
    const kind = meaningOf(change);
    const { postId, version, userId } = toldBy(change);
    const key = `${queue} ${change.eventId}`;
    const isGone = expired.has(key) && !handledAtEnd.has(key);
    return !poison.includes(postId) && !isGone && (kind === 'published' || kind === 'flagged')
      ? [{ notificationId: `${postId}#${version}`, kind, postId, userId: userId ?? '' }]
      : [];
  });
};

/** There is one notification for each publication, written once, and no other. */
export const everyPublicationIsNotified = (evidence: Evidence): Violation[] => {
  const { found, say } = violationsOf('every publication is notified once');
  const expected = new Map(toBeTold(evidence).map((told) => [told.notificationId, told]));
  const recorded = new Map<string, number>();
  for (const { notificationId, kind, userId } of evidence.notifications) {
    recorded.set(notificationId, (recorded.get(notificationId) ?? 0) + 1);
    const told = expected.get(notificationId);
    if (!told || told.kind !== kind || told.userId !== userId)
      say(
        notificationId,
        told ? `${told.kind} to ${told.userId}` : 'no notification',
        `${kind} to ${userId}`,
      );
  }
  const writes = Map.groupBy(evidence.notificationWrites, (notificationId) => notificationId);
  for (const [notificationId, { length }] of writes)
    if (length > 1) say(notificationId, 'written once', `written ${length} times`);
  for (const { notificationId, kind, userId } of expected.values()) {
    const times = recorded.get(notificationId) ?? 0;
    if (times !== 1) say(notificationId, `one notification, ${kind} to ${userId}`, `${times} notifications`);
  }
  return found;
};

/**
 * How often a device may have been told again without fault of the service's: the push service's answer was lost, or
 * the sender ended between that answer and the record of it. HTTP knows no way to tell the two apart from a message
 * that never arrived.
 */
const excused = (messages: readonly Taken[], interruptions: Evidence['pushInterruptions']): number =>
  messages.slice(0, -1).filter(({ answerLost, at }, index) => {
    const next = messages[index + 1]?.at ?? at;
    return answerLost || interruptions.some(({ from, to }) => to >= at && from <= next);
  }).length;

/** Each device of an author was told of each notification once, but for repeats that the run itself caused. */
export const everyDeviceIsTold = (
  evidence: Evidence,
): { violations: Violation[]; excusedRepeats: number } => {
  const { found, say } = violationsOf('every device is told once');
  const keyOf = (deviceId: string, notificationId: string, kind: string) =>
    `${deviceId} ${notificationId} ${kind}`;
  const byAuthor = Map.groupBy(evidence.devices, ({ userId }) => userId);
  const expected = new Set(
    toBeTold(evidence).flatMap(({ notificationId, kind, userId }) =>
      (byAuthor.get(userId) ?? []).map(({ deviceId }) => keyOf(deviceId, notificationId, kind)),
    ),
  );
  const taken = Map.groupBy(evidence.taken, ({ deviceId, notificationId, kind }) =>
    keyOf(deviceId, notificationId, kind),
  );
  let excusedRepeats = 0;
  for (const key of new Set([...expected, ...taken.keys()])) {
    const wanted = expected.has(key) ? 1 : 0;
    const messages = taken.get(key) ?? [];
    const repeats = Math.max(0, messages.length - wanted);
    const excuses = wanted > 0 ? excused(messages, evidence.pushInterruptions) : 0;
    excusedRepeats += Math.min(repeats, excuses);
    if (messages.length < wanted || repeats > excuses) {
      const why = excuses > 0 ? `, ${excuses} of them after a lost answer` : '';
      say(`device ${key}`, `${wanted} messages`, `${messages.length}${why}`);
    }
  }
  return { violations: found, excusedRepeats };
};
