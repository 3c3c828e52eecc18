import { z } from 'zod';
import type { Engines } from '../../engines/index.ts';
import { causeOf } from '../../trace/cause.ts';
import type { Evidence } from '../../trace/evidence.ts';
import type { MessagesView, MessageView } from './wire.ts';

const Message = z.object({
  messageId: z.string(),
  body: z.string(),
  messageAttributes: z.record(z.string(), z.looseObject({ StringValue: z.string().optional() })).default({}),
  sentTimestamp: z.number(),
  approximateReceiveCount: z.number(),
});
type Message = z.infer<typeof Message>;
const Inspection = z.object({
  messages: z.object({
    ready: z.array(Message),
    delayed: z.array(Message),
    inflight: z.array(z.object({ message: Message, visibilityDeadline: z.number() })),
  }),
});

const MAX_SHOWN = 500;

/** SNS writes on what it could not deliver why; otherwise the last attempt's log knows. */
const causeOfMessage = (
  { messageId, messageAttributes }: Message,
  evidence: Evidence,
): string | undefined => {
  const { ErrorCode, ErrorMessage } = messageAttributes;
  if (ErrorCode?.StringValue !== undefined)
    return `${ErrorCode.StringValue}: ${ErrorMessage?.StringValue ?? ''}`;
  for (const { requestId, batch } of evidence.attemptsOf(messageId).toReversed()) {
    const run = evidence.invocation(requestId);
    const others = batch.map(({ identifier }) => identifier).filter((other) => other !== messageId);
    const cause = run && causeOf(run, messageId, others);
    if (cause !== undefined) return cause;
  }
  return undefined;
};

/** Looks into a queue without receiving anything: no receive count changes, and nothing becomes hidden. */
export const lookInto = async (
  queueName: string,
  engines: Pick<Engines, 'endpoints'>,
  evidence: Evidence,
): Promise<MessagesView> => {
  const url = new URL(`/_fauxqs/queues/${encodeURIComponent(queueName)}`, engines.endpoints.messaging);
  const { ready, delayed, inflight } = Inspection.parse(await (await fetch(url)).json()).messages;
  const view = (message: Message, state: MessageView['state'], visibleAt?: number): (() => MessageView) => {
    const { messageId, body, messageAttributes, sentTimestamp, approximateReceiveCount } = message;
    return () => {
      const cause = causeOfMessage(message, evidence);
      return {
        ...{ id: messageId, body, state, sentAt: sentTimestamp, receives: approximateReceiveCount },
        attributes: Object.entries(messageAttributes).map(([name, { StringValue: value = '' }]) => ({
          name,
          value,
        })),
        ...(visibleAt !== undefined && { visibleAt }),
        ...(cause !== undefined && { cause }),
      };
    };
  };
  const now = Date.now();
  const all = [
    ...inflight.map(({ message, visibilityDeadline }) =>
      visibilityDeadline > now ? view(message, 'hidden', visibilityDeadline) : view(message, 'visible'),
    ),
    ...ready.map((message) => view(message, 'visible')),
    ...delayed.map((message) => view(message, 'delayed')),
  ];
  return { messages: all.slice(0, MAX_SHOWN).map((make) => make()), total: all.length };
};
