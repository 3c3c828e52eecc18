import type { Evidence, Waiting } from '../evidence/evidence.ts';
import { attributesOf, passes, toldBy } from './change.ts';
import { type Violation, violationsOf } from './violation.ts';

const nameOf = ({ place, reason }: Waiting): string => `${place} (${reason})`;

/** Where an event's dead letters are: several messages of it that gave up in one queue are in one place. */
const placesOf = (deadLetters: readonly Waiting[]): readonly Waiting[] => {
  const messages = new Set(deadLetters.map(({ messageId }) => messageId));
  const queues = new Set(deadLetters.map(({ place }) => place));
  return messages.size === deadLetters.length && queues.size === 1 ? deadLetters.slice(0, 1) : deadLetters;
};

/**
 * Before anything is redriven, every event is in one place for every subscriber that asked for it: handled, in the
 * failures bucket, or in a dead-letter queue. What can never be published is parked, unless the stream gave it up before
 * anybody read it, and nothing else is. What a queue kept for too long is gone, and has to be repaired. After the redrive
 * nothing waits but what no redrive can help: it is parked.
 *
 * Handled means that the function was done with the message and its deletion took effect. A deletion that comes when
 * the message is visible again may take effect or not, as SQS documents: then the dead-letter queue tells. An event that
 * was published again has more than one message: when one was handled, another one may end in a dead-letter queue, and
 * when none was, all of them may. A batch whose answer was lost after it was published may be given up by the stream.
 */
export const everyEventIsInOnePlace = (evidence: Evidence): Violation[] => {
  const { found, say } = violationsOf('every event is in one place');
  const atTheRoot = new Map<string, Waiting[]>();
  const atSubscriber = new Map<string, Waiting[]>();
  for (const one of evidence.waiting) {
    for (const eventId of one.eventIds) {
      const [places, key] = one.queue ? [atSubscriber, `${one.queue} ${eventId}`] : [atTheRoot, eventId];
      places.set(key, [...(places.get(key) ?? []), one]);
    }
  }

  for (const [index, change] of evidence.changes.entries()) {
    const { eventId } = change;
    // What the redrive set off has to be handled by the end.
    const handled = index < evidence.changesBeforeRedrive ? evidence.handled : evidence.handledAtEnd;
    const root = atTheRoot.get(eventId) ?? [];
    if (evidence.poison.includes(toldBy(change).postId)) {
      const subject = `event ${eventId}, which breaks the contract`;
      if (root.length !== 1) say(subject, 'in one place', root.map(nameOf).join(', ') || 'nowhere');
      const parked = evidence.waitingAfterRedrive.filter(
        (one) => one.source === 'parked' && one.eventIds.includes(eventId),
      );
      if (parked.length !== 1) say(subject, 'parked once', `parked ${parked.length} times`);
      continue;
    }
    for (const one of root) {
      if (one.source === 'parked') say(`event ${eventId}`, 'published', nameOf(one));
    }
    const { postId, version } = toldBy(change);
    const attributes = attributesOf(change);
    for (const { name, queue, filterPolicy } of evidence.subscribers) {
      const key = `${queue} ${eventId}`;
      const wanted = passes(filterPolicy, attributes);
      const deadLetters = (atSubscriber.get(key) ?? []).filter(
        ({ messageId }) => !handled.has(key) || evidence.handledMessages.has(`${queue} ${messageId}`),
      );
      const cameThrough = handled.has(key) || deadLetters.length > 0;
      const atRoot = wanted ? root.filter(({ source }) => source === 'parked' || !cameThrough) : [];
      const waiting = [...placesOf(deadLetters), ...atRoot].map(nameOf);
      const isHandled = handled.has(key) || (waiting.length === 0 && evidence.perhapsHandled.has(key));
      const places = [
        ...(isHandled ? ['handled'] : evidence.expired.has(key) ? ['expired'] : []),
        ...waiting,
      ];
      const subject = `event ${eventId} (${postId} version ${version}, ${attributes.change}) for ${name}`;
      if (wanted && places.length !== 1) say(subject, 'one place', places.join(', ') || 'nowhere');
      if (!wanted && places.length > 0) say(subject, 'not asked for', places.join(', '));
    }
  }

  for (const { queue, body } of evidence.junk) {
    const isThere = evidence.waiting.some((one) => one.queue === queue && one.body === body);
    if (!isThere) say(`message "${body}"`, `in the dead-letter queue of ${queue}`, 'nowhere');
  }
  const junk = new Set(evidence.junk.map(({ body }) => body));
  for (const one of evidence.waitingAfterRedrive) {
    const isHopeless = one.source === 'parked' || (one.body !== undefined && junk.has(one.body));
    if (!isHopeless) say(one.eventIds.join(', ') || `${one.body}`, 'redriven', nameOf(one));
  }
  return found;
};

const UNLOGGED = /^no line of the log names it/;

/** Whatever waits for an operator says why. A function that was killed could not say: then the run has killed some. */
export const everyDeadLetterNamesItsCause = ({ waiting, lostLogs }: Evidence): Violation[] => {
  const { found, say } = violationsOf('every dead letter names its cause');
  for (const { place, reason, eventIds, body } of waiting) {
    const isNamed = reason.trim() !== '' && (lostLogs || !UNLOGGED.test(reason));
    if (!isNamed) say(`${place}: ${eventIds.join(', ') || body}`, 'a cause', reason || 'none');
  }
  return found;
};

/** Everything was read and worked off. */
export const nothingIsLeft = ({ left }: Evidence): Violation[] => {
  const { found, say } = violationsOf('nothing is left under way');
  if (!left.iteratorAgeIsZero) say('the stream', 'iterator age 0', 'records that nobody has read');
  for (const { queue, messages } of left.inQueues)
    if (messages > 0) say(queue, 'empty', `${messages} messages`);
  return found;
};
