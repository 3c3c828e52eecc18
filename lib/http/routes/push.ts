import * as z from '#lib/platform/zod.ts';
import { DeviceId, deviceIdOf, PushSubscription } from '#lib/push/push-subscription.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { anything, defineRoute, noBody, nothing, required } from '../route.ts';

// The key pair is that of RFC 8291, appendix A.
const EXAMPLE = {
  endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/gAAAAABexample',
  expirationTime: null,
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};

const DeviceParams = z.strictObject({
  deviceId: DeviceId.check(
    z.meta({
      description: "The SHA-256 of the subscription's endpoint, in base64url without padding.",
      examples: [deviceIdOf(EXAMPLE.endpoint)],
    }),
  ),
});

const { endpoint, keys } = PushSubscription.shape;
const SubscriptionBody = z
  .strictObject({
    endpoint,
    expirationTime: z
      .nullish(z.int().check(z.minimum(0)))
      .check(z.describe('When the push service drops it, in milliseconds of the epoch.')),
    keys: z.strictObject(keys.shape),
  })
  .check(
    z.meta({
      id: 'PushSubscription',
      description: "What a browser's `PushSubscription.toJSON()` gives.",
      examples: [EXAMPLE],
    }),
  );

export const DeviceResource = z
  .object({ deviceId: DeviceId, registeredAt: z.iso.datetime() })
  .check(z.meta({ id: 'Device' }));
export type DeviceResource = z.infer<typeof DeviceResource>;

export const putDeviceRoute = defineRoute({
  operationId: 'putDevice',
  ...ENDPOINTS.putDevice,
  tag: 'Push',
  summary: 'Register a device for push notifications',
  description:
    'Registering it again changes its keys. A device belongs to the user who registered it last, so that nobody ' +
    "gets another's news.",
  auth: required,
  params: DeviceParams,
  query: nothing,
  headers: anything,
  body: SubscriptionBody,
  mediaTypes: ['application/json'],
  answers: { 200: { description: 'The device.', body: DeviceResource, headers: ['Cache-Control'] } },
  problems: [],
});

export const deleteDeviceRoute = defineRoute({
  operationId: 'deleteDevice',
  ...ENDPOINTS.deleteDevice,
  tag: 'Push',
  summary: 'Remove a device',
  description: 'Removing it again answers 404: there is nothing left to remove.',
  auth: required,
  params: DeviceParams,
  query: nothing,
  headers: anything,
  body: noBody,
  mediaTypes: [],
  answers: { 204: { description: 'The device gets nothing any more.' } },
  problems: ['not-found'],
});
