import * as z from 'zod';
import type { Route } from '#lib/http/route.ts';
import { UserId } from '#lib/posts/post.ts';
import { DeviceId, deviceIdOf, isOfPushService, PushSubscription } from '#lib/push/push-subscription.ts';

// The key pair is that of RFC 8291, appendix A.
const EXAMPLE = {
  endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/gAAAAABexample',
  expirationTime: null,
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};

export const DeviceParams = z.strictObject({
  deviceId: DeviceId.meta({
    description: "The SHA-256 of the subscription's endpoint, in base64url without padding.",
    examples: [deviceIdOf(EXAMPLE.endpoint)],
  }),
});

const { endpoint, keys } = PushSubscription.shape;

export const route = {
  tag: 'Push',
  summary: 'Register a device for push notifications',
  description:
    'Registering it again changes its keys. A device belongs to the user who registered it last, so that nobody ' +
    "gets another's news.",
  request: z.object({
    userId: UserId,
    params: DeviceParams,
    body: z
      .strictObject({
        endpoint: endpoint.refine(isOfPushService, 'must be of a push service'),
        expirationTime: z
          .int()
          .min(0)
          .nullish()
          .describe('When the push service drops it, in milliseconds of the epoch.'),
        keys: z.strictObject(keys.shape),
      })
      .meta({
        id: 'PushSubscription',
        description: "What a browser's `PushSubscription.toJSON()` gives.",
        examples: [EXAMPLE],
      }),
  }),
  answers: {
    200: {
      description: 'The device.',
      body: z.object({ deviceId: DeviceId, registeredAt: z.iso.datetime() }).meta({ id: 'Device' }),
      headers: ['Cache-Control'],
    },
  },
} as const satisfies Route;
