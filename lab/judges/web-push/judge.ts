import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { deviceIdOf, PushSubscription } from '../../../lib/push/push-subscription.ts';
import { vapidKeysFrom } from '../../../lib/push/vapid-keys.ts';
import { webPushSender } from '../../../lib/push/web-push.ts';
import { freePort } from '../../../packages/local-stack/src/engines/free-port.ts';
import type { Judge } from '../judge.ts';
import { type PythonServer, pythonOf, startPython } from '../python.ts';

const DELIVERIES = 300;

const Message = z.object({ payload: z.string(), headers: z.record(z.string(), z.string()) }).nullable();

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });

/** A secret, the notification that is sent under the key derived from it, and the address of the sender. */
const delivery = fc.record({
  secret: fc.string({ unit: 'binary', minLength: 32, maxLength: 200 }),
  subject: fc.constantFrom('https://example.com', 'mailto:operator@example.com'),
  notification: fc.record({
    userId: text,
    notificationId: text,
    kind: fc.constantFrom('published' as const, 'flagged' as const, 'still-a-draft' as const),
    postId: fc.string({
      unit: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'),
      minLength: 26,
      maxLength: 26,
    }),
    version: fc.nat(),
    title: text,
    body: text,
    occurredAt: fc.constant('2026-11-20T10:00:00.000Z'),
    eventId: text,
    correlationId: text,
  }),
});
type Delivery = typeof delivery extends fc.Arbitrary<infer Value> ? Value : never;

const post = async (url: string, body: unknown): Promise<unknown> =>
  (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json();

/** @returns what is wrong, or undefined */
const deliver = async (
  { endpoint }: PythonServer,
  { secret, subject, notification }: Delivery,
): Promise<string | undefined> => {
  const keys = vapidKeysFrom(secret);
  if ((await post(`${endpoint}/keys`, keys)) !== true)
    return 'the derived public key is not that of the private key';
  const subscribed = await post(`${endpoint}/devices`, { publicKey: keys.publicKey });
  const subscription = PushSubscription.parse(subscribed);
  const device = {
    deviceId: deviceIdOf(subscription.endpoint),
    userId: notification.userId,
    subscription,
    registeredAt: notification.occurredAt,
  };
  const outcome = await webPushSender(async () => ({ ...keys, subject }))(device, notification);
  const read = Message.parse(
    await (await fetch(subscription.endpoint.replace('/push/', '/messages/'))).json(),
  );
  if (outcome !== 'sent' || read === null) return `a message was not taken, but ${outcome}`;
  const { title, body, kind, postId, notificationId } = notification;
  const expected = JSON.stringify({ title, body, kind, postId, notificationId });
  if (read.payload !== expected) return `sent ${expected}, read ${read.payload}`;
  if (read.headers.topic !== postId) return `the topic is ${read.headers.topic}`;
  return undefined;
};

/** Python's implementations of RFC 8291 and RFC 8292. */
export const webPushJudge: Judge = {
  name: 'web-push',
  about: 'http_ece decrypts and py_vapid verifies messages for random devices under keys of random secrets',
  needs: ['python3'],
  run: async ({ seed }) => {
    const port = await freePort();
    const service = await startPython(
      pythonOf(import.meta.dirname),
      [join(import.meta.dirname, 'push_service.py'), `${port}`],
      port,
    );
    try {
      const findings: string[] = [];
      for (const drawn of fc.sample(delivery, { seed, numRuns: DELIVERIES })) {
        const wrong = await deliver(service, drawn);
        if (wrong !== undefined) findings.push(`${wrong} (${JSON.stringify(drawn)})`);
      }
      return {
        cases: DELIVERIES,
        findings,
        differences: [
          'py_vapid refuses the space after the comma in "vapid t=…, k=…"; RFC 9110, section 5.6.1, allows it: ours is right',
        ],
      };
    } finally {
      await service.stop();
    }
  },
};
