import { z } from 'zod';
import type { Answer, Call } from '../../../packages/local-stack/src/engine-proxy/proxy.ts';
import { withoutChecksum } from '../../../packages/local-stack/src/faults/batches.ts';
import type { DeliveryFault } from '../mix.ts';
import { share } from '../seeded.ts';
import { count, eventOfBody, type Journal } from './journal.ts';
import type { Operation } from './operation.ts';

const Message = z.looseObject({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
});
type Message = z.infer<typeof Message>;
const Received = z.looseObject({ Messages: z.array(Message).default([]) });
const ReceiveRequest = z.looseObject({ QueueUrl: z.string(), MaxNumberOfMessages: z.number().default(1) });
const DeleteRequest = z.looseObject({
  QueueUrl: z.string(),
  Entries: z.array(z.looseObject({ Id: z.string(), ReceiptHandle: z.string() })),
});
const ReadRequest = z.object({ ShardIterator: z.string() });
const Visibility = z.looseObject({ ReceiptHandle: z.string(), VisibilityTimeout: z.number() });
const Image = z.looseObject({
  content: z.looseObject({ S: z.string().optional() }).optional(),
  version: z.looseObject({ N: z.string().optional() }).optional(),
});
const Records = z.looseObject({
  Records: z
    .array(
      z.looseObject({
        eventID: z.string(),
        dynamodb: z.looseObject({
          ApproximateCreationDateTime: z.number(),
          NewImage: Image.optional(),
          OldImage: Image.optional(),
        }),
      }),
    )
    .default([]),
});

const SEVEN_HOURS_SECONDS = 7 * 3_600;
/** How long a message that overtakes is ahead. */
const LATE_SECONDS = [1, 2] as const;
const MAX_IN_ONE_RECEIVE = 10;
/** How long the stream seems empty before records are found too old in it. */
const STALL_MS = 400;

const bodyOf = (call: Call | Answer): unknown =>
  JSON.parse(('requestBody' in call ? call.requestBody : call.responseBody).toString());
const withRequest = (call: Call, body: unknown): Call => ({
  ...call,
  requestBody: Buffer.from(JSON.stringify(body)),
});
const withResponse = (answer: Answer, body: unknown): Answer => ({
  ...withoutChecksum(answer),
  responseBody: Buffer.from(JSON.stringify(body)),
});
const queueNameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

export interface DeliveriesOptions {
  seed: number;
  rates: () => Partial<Record<DeliveryFault, number>>;
  journal: Journal;
  /** How long a received message stays hidden, in place of minutes. */
  visibilitySeconds: number;
}

/** Forwards to the engine that the operation is for. */
export type ToEngine = (call: Call) => Promise<Answer>;

/**
 * What the event source mappings' pollers see of queues and stream: whatever SQS and DynamoDB Streams may do to them.
 * Decisions hang on what a message tells, not on when it comes, so that they replay with the seed.
 */
export const deliveries = ({ seed, rates, journal, visibilitySeconds }: DeliveriesOptions) => {
  /** By receipt handle: what was received, and until when it was surely hidden, in Unix milliseconds. */
  const received = new Map<string, { messageId: string; body: string; hiddenUntil: number }>();
  const again = new Map<string, Message[]>();
  const decided = new Map<string, Set<string>>();
  const lateBefore = new Set<string>();
  /** Event ids of records that the proxy aged: they do not get younger by being read again. */
  const aged = new Set<string>();
  /** Event ids of records that were handed out young: what was read for the first time in time is not too old. */
  const young = new Set<string>();
  let receives = 0;
  let stalledUntil = 0;

  /** Each message suffers a fault at most once: what is done to it again and again ends in a dead-letter queue. */
  const strikes = (fault: DeliveryFault, queue: string, body: string): boolean => {
    const rate = rates()[fault] ?? 0;
    if (rate === 0) return false;
    const event = eventOfBody(body);
    const what = event ? `${event.content} ${event.version}` : body;
    if (share(seed, fault, queue, what) >= rate) return false;
    const struck = decided.get(fault) ?? new Set<string>();
    const key = `${queue} ${event?.eventId ?? body}`;
    if (struck.has(key)) return false;
    decided.set(fault, struck.add(key));
    count(journal, fault);
    return true;
  };

  const hide = (call: Call, QueueUrl: string, ReceiptHandle: string, seconds: number, engine: ToEngine) =>
    engine({
      ...withRequest(call, { QueueUrl, ReceiptHandle, VisibilityTimeout: seconds }),
      headers: { ...call.headers, 'x-amz-target': 'AmazonSQS.ChangeMessageVisibility' },
    });

  /** The engine keeps messages for days: at the end of their retention they are gone, and nobody hears of it. */
  const expire = async (call: Call, QueueUrl: string, { ReceiptHandle, Body }: Message, engine: ToEngine) => {
    const event = eventOfBody(Body);
    if (event) journal.expired.add(`${queueNameOf(QueueUrl)} ${event.eventId}`);
    await engine({
      ...withRequest(call, { QueueUrl, ReceiptHandle }),
      headers: { ...call.headers, 'x-amz-target': 'AmazonSQS.DeleteMessage' },
    });
  };

  const receive = async ({ call }: Operation, engine: ToEngine): Promise<Answer | undefined> => {
    const request = ReceiveRequest.parse(bodyOf(call));
    const queue = queueNameOf(request.QueueUrl);
    const hiddenUntil = Date.now() + visibilitySeconds * 1_000;
    const answer = await engine(withRequest(call, { ...request, VisibilityTimeout: visibilitySeconds }));
    if (answer.statusCode !== 200) return answer;
    const { Messages: arrived, ...rest } = Received.parse(bodyOf(answer));

    receives += 1;
    if (arrived.length > 0 && share(seed, 'receive lost', receives) < (rates()['receive lost'] ?? 0)) {
      count(journal, 'receive lost');
      return undefined;
    }
    const handedOut: Message[] = [];
    for (const message of arrived) {
      const id = `${queue} ${message.MessageId}`;
      const { MessageId: messageId, Body: body } = message;
      received.set(message.ReceiptHandle, { messageId, body, hiddenUntil });
      if (strikes('expired', queue, message.Body)) {
        await expire(call, request.QueueUrl, message, engine);
        continue;
      }
      if (strikes('late', queue, message.Body)) {
        lateBefore.add(id);
        const seconds = LATE_SECONDS[receives % LATE_SECONDS.length] ?? 1;
        await hide(call, request.QueueUrl, message.ReceiptHandle, seconds, engine);
        continue;
      }
      // To be late is no attempt of the function's.
      const attempts = Number(message.Attributes.ApproximateReceiveCount ?? 1) - (lateBefore.has(id) ? 1 : 0);
      const Attributes = { ...message.Attributes, ApproximateReceiveCount: `${attempts}` };
      handedOut.push({ ...message, Attributes });
    }
    const repeats = again.get(queue)?.splice(0, request.MaxNumberOfMessages - handedOut.length) ?? [];
    for (const message of handedOut) {
      if (strikes('twice', queue, message.Body)) again.set(queue, [...(again.get(queue) ?? []), message]);
    }
    // A repeat in the same answer as its original would be one batch with an id twice.
    const ids = new Set(handedOut.map(({ MessageId }) => MessageId));
    const all = [...handedOut, ...repeats.filter(({ MessageId }) => !ids.has(MessageId))];
    for (const { Body, MessageId } of all) {
      const event = eventOfBody(Body);
      journal.seen.push({
        queue,
        messageId: MessageId,
        event: event && { eventId: event.eventId, postId: event.postId, version: event.version },
      });
    }
    return withResponse(answer, {
      ...rest,
      ...(all.length > 0 && { Messages: all.slice(0, MAX_IN_ONE_RECEIVE) }),
    });
  };

  const remove = async ({ call }: Operation, engine: ToEngine): Promise<Answer> => {
    const request = DeleteRequest.parse(bodyOf(call));
    const queue = queueNameOf(request.QueueUrl);
    const asked = request.Entries.map((entry) => {
      const { messageId = '', body = '', hiddenUntil = 0 } = received.get(entry.ReceiptHandle) ?? {};
      return { entry, messageId, body, hiddenUntil, isKept: strikes('not deleted', queue, body) };
    });
    const kept = asked.filter(({ isKept }) => isKept);
    const deleted = asked.filter(({ isKept }) => !isKept);
    const note = (where: Set<string>, of: typeof asked) => {
      for (const { body } of of) {
        const event = eventOfBody(body);
        if (event) where.add(`${queue} ${event.eventId}`);
      }
    };
    const Failed = kept.map(({ entry: { Id } }) => ({
      ...{ Id, Code: 'InternalError', SenderFault: false, Message: 'chaos' },
    }));
    if (deleted.length === 0) {
      const headers = { 'content-type': 'application/x-amz-json-1.0' };
      const said = { Successful: [], Failed };
      return { statusCode: 200, headers, responseBody: Buffer.from(JSON.stringify(said)) };
    }
    // Until the answer is there, the stack may be killed, and nobody knows.
    note(journal.perhapsHandled, deleted);
    const Entries = deleted.map(({ entry }) => entry);
    const answer = await engine(withRequest(call, { ...request, Entries }));
    if (answer.statusCode !== 200) return answer;
    const now = Date.now();
    const inTime = deleted.filter(({ hiddenUntil }) => now < hiddenUntil);
    note(journal.handled, inTime);
    for (const { messageId } of inTime) journal.handledMessages.add(`${queue} ${messageId}`);
    return kept.length === 0 ? answer : withResponse(answer, { ...Object(bodyOf(answer)), Failed });
  };

  const read = async ({ call }: Operation, engine: ToEngine): Promise<Answer> => {
    const answer = await engine(call);
    if (answer.statusCode !== 200) return answer;
    const page = Records.parse(bodyOf(answer));
    if (page.Records.length === 0) return answer;
    const image = page.Records[0]?.dynamodb.NewImage ?? page.Records[0]?.dynamodb.OldImage;
    const what = `${image?.content?.S ?? ''} ${image?.version?.N ?? ''}`;
    const isNew = page.Records.every(({ eventID }) => !aged.has(eventID) && !young.has(eventID));
    if (isNew && share(seed, 'too old', what) < (rates()['too old'] ?? 0)) {
      for (const { eventID } of page.Records) aged.add(eventID);
      count(journal, 'too old', page.Records.length);
      // What is old was not read for long: whatever lay before it is done.
      stalledUntil = Date.now() + STALL_MS;
    }
    if (Date.now() < stalledUntil) {
      const { ShardIterator } = ReadRequest.parse(bodyOf(call));
      return withResponse(answer, { Records: [], NextShardIterator: ShardIterator });
    }
    journal.recordsRead += page.Records.length;
    let changed = false;
    for (const { eventID, dynamodb } of page.Records) {
      if (!aged.has(eventID)) {
        young.add(eventID);
        continue;
      }
      dynamodb.ApproximateCreationDateTime -= SEVEN_HOURS_SECONDS;
      changed = true;
    }
    return changed ? withResponse(answer, page) : answer;
  };

  /** Waiting times of a failed message are hours on AWS; here they are seconds. */
  const postpone = ({ call }: Operation, engine: ToEngine): Promise<Answer> => {
    const request = Visibility.parse(bodyOf(call));
    const seconds = Math.min(Math.ceil(request.VisibilityTimeout / 60), Math.ceil(visibilitySeconds / 4));
    const message = received.get(request.ReceiptHandle);
    // Whoever else was handed this message may still delete it, and may come too late now.
    if (message) message.hiddenUntil = Math.min(message.hiddenUntil, Date.now() + seconds * 1_000);
    return engine(withRequest(call, { ...request, VisibilityTimeout: seconds }));
  };

  return {
    /** How the operation is answered; undefined when it is none of these. */
    answerTo: (operation: Operation, engine: ToEngine): Promise<Answer | undefined> | undefined => {
      const name = `${operation.service} ${operation.name}`;
      if (name === 'sqs ReceiveMessage') return receive(operation, engine);
      if (name === 'sqs DeleteMessageBatch') return remove(operation, engine);
      if (name === 'streams GetRecords') return read(operation, engine);
      return undefined;
    },
    postpone,
    /** The stack was killed: what it had received is visible again as soon as the next one starts. */
    endHiding: () => {
      for (const message of received.values()) message.hiddenUntil = 0;
    },
    /** Forgets repeats that were not handed out yet. */
    endRepeats: () => again.clear(),
  };
};
