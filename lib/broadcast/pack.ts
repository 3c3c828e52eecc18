import { attributesOf, type PostEvent, type PostEventAttributes } from '#lib/events/post-event.ts';
import { firstFit, firstFitDecreasing, longWithShort } from './fit.ts';

/** @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
export const MAX_ENTRIES = 10;
/** All entries of one call together, bodies and attributes, in UTF-8 bytes. */
export const MAX_BATCH_BYTES = 256 * 1_024;

/** One message to publish. `id` is unique within its batch, and here within the whole invocation. */
export interface Message {
  id: string;
  body: string;
  attributes: PostEventAttributes;
  /** What the message counts against the limit of a batch. */
  bytes: number;
}

const utf8 = (text: string): number => Buffer.byteLength(text, 'utf8');

/** SNS counts an attribute's name, its data type and its value. */
const attributeBytes = (attributes: PostEventAttributes): number => {
  let texts = '';
  for (const [name, value] of Object.entries(attributes)) texts += `${name}String${value}`;
  return utf8(texts);
};

/** The message that carries `event`; `position` is its place in the stream batch. */
export const messageOf = (event: PostEvent, position: number): Message => {
  const body = JSON.stringify(event);
  const attributes = attributesOf(event);
  return { id: `${position}`, body, attributes, bytes: utf8(body) + attributeBytes(attributes) };
};

/** Whether any ten messages like this fit into a call. */
export const isSmall = ({ bytes }: Message): boolean => bytes * MAX_ENTRIES <= MAX_BATCH_BYTES;

const ROOM = { entries: MAX_ENTRIES, bytes: MAX_BATCH_BYTES };

/**
 * Packs messages into few batches, each at most 10 messages and 256 KiB. Small messages, the usual case, fill batches
 * of 10 in their order. Otherwise the better of two packings is taken, which for usual mixtures of sizes is within 3 %
 * of the fewest; delivery after the topic is unordered anyway.
 * A single message over the limit gets a batch of its own, for SNS to refuse and the caller to park.
 */
export const pack = (messages: readonly Message[]): Message[][] => {
  if (messages.every(isSmall)) return firstFit(messages, ROOM);

  const decreasing = firstFitDecreasing(messages, ROOM);
  const paired = longWithShort(messages, ROOM);
  return paired.length < decreasing.length ? paired : decreasing;
};
