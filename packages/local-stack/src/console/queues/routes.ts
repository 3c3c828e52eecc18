import { z } from 'zod';
import type { ConsoleParts } from '../parts.ts';
import type { ConsoleRoute } from '../route.ts';
import { failureBuckets } from './failures.ts';
import { lookInto } from './messages.ts';
import { queuesOf } from './queues.ts';
import type { QueuesView } from './wire.ts';

const Messages = z.object({ messageIds: z.array(z.string()).min(1).optional() });
const Keys = z.object({ keys: z.array(z.string()).min(1) });

/**
 * - `GET /api/queues`: a `QueuesView`
 * - `GET /api/queues/<queue>/messages`: a `MessagesView`; nothing is received
 * - `POST /api/queues/<queue>/redrive` and `…/discard`, body `{ messageIds? }`, all without; answer `{ moved }`
 * - `GET /api/buckets/<bucket>/objects`: `FailureObjectView[]`
 * - `POST /api/buckets/<bucket>/redrive` and `…/discard`, body `{ keys }`
 *
 * Queues and buckets are named by their logical ids.
 */
export const queueRoutes = (parts: ConsoleParts): ConsoleRoute[] => {
  const { engines, traces } = parts;
  const queues = queuesOf(parts);
  const buckets = failureBuckets(parts);
  const move = async (queue: string, to: string | undefined, body: unknown) => ({
    moved: await engines.move({
      from: queues.nameOf(queue),
      ...(to !== undefined && { to: queues.nameOf(to) }),
      ...Messages.parse(body ?? {}),
    }),
  });
  return [
    {
      method: 'GET',
      path: '/api/queues',
      answer: async (): Promise<QueuesView> => ({
        queues: await queues.views(),
        buckets: await buckets.views(),
      }),
    },
    {
      method: 'GET',
      path: '/api/queues/:queue/messages',
      answer: async ({ parameters: { queue = '' } }) =>
        lookInto(queues.nameOf(queue), engines, await traces.evidence()),
    },
    {
      method: 'POST',
      path: '/api/queues/:queue/redrive',
      answer: ({ parameters: { queue = '' }, body }) => move(queue, queues.originOf(queue), body),
    },
    {
      method: 'POST',
      path: '/api/queues/:queue/discard',
      answer: ({ parameters: { queue = '' }, body }) => move(queue, undefined, body),
    },
    {
      method: 'GET',
      path: '/api/buckets/:bucket/objects',
      answer: ({ parameters: { bucket = '' } }) => buckets.objects(bucket),
    },
    {
      method: 'POST',
      path: '/api/buckets/:bucket/redrive',
      answer: async ({ parameters: { bucket = '' }, body }) => {
        for (const key of Keys.parse(body).keys) await buckets.redrive(bucket, key);
      },
    },
    {
      method: 'POST',
      path: '/api/buckets/:bucket/discard',
      answer: async ({ parameters: { bucket = '' }, body }) => {
        for (const key of Keys.parse(body).keys) await buckets.discard(bucket, key);
      },
    },
  ];
};
