import { attributesOf, type PostEvent, type PostEventAttributes } from '#lib/events/post-event.ts';

/** @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
const MAX_ENTRIES = 10;
/** The total of all entries of one call, bodies and attributes, in UTF-8 bytes. */
const MAX_BYTES = 256 * 1_024;

/** `id` is unique within the invocation. */
export interface Message {
  id: string;
  body: string;
  attributes: PostEventAttributes;
  /** As SNS counts them against the limit of a batch. */
  bytes: number;
}

/** @param position of the event in the stream batch */
export const messageOf = (event: PostEvent, position: number): Message => {
  const body = JSON.stringify(event);
  const attributes = attributesOf(event);
  // SNS counts an attribute's name, data type and value.
  const texts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value]);
  return { id: `${position}`, body, attributes, bytes: Buffer.byteLength(body + texts.join('')) };
};

/** Packs messages, in their order, into batches of at most 10 messages and 256 KiB. */
export const pack = (messages: readonly Message[]): Message[][] => {
  const batches: Message[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const last = batches.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + message.bytes <= MAX_BYTES) {
      last.push(message);
      bytes += message.bytes;
    } else {
      batches.push([message]);
      bytes = message.bytes;
    }
  }
  return batches;
};
