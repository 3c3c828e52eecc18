import { createHash, ECDH } from 'node:crypto';
import * as z from 'zod';

const bytes = (length: number) => (text: string) => Buffer.from(text, 'base64url').length === length;

const isPointOnCurve = (text: string): boolean => {
  try {
    ECDH.convertKey(text, 'prime256v1', 'base64url', 'hex', 'uncompressed');
    return true;
  } catch {
    return false;
  }
};

/** @see https://www.w3.org/TR/push-api/#dom-pushsubscription-tojson */
export const PushSubscription = z.object({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .describe('Where the push service takes messages.'),
  expirationTime: z.number().nullish().describe('When the push service drops it, in ms of the epoch.'),
  keys: z.object({
    p256dh: z
      .base64url()
      .refine(bytes(65), 'must be 65 bytes')
      .refine(isPointOnCurve, 'must be a point of P-256')
      .describe("The device's public key."),
    auth: z.base64url().refine(bytes(16), 'must be 16 bytes').describe("The device's authentication secret."),
  }),
});
export type PushSubscription = z.infer<typeof PushSubscription>;

export const DeviceId = z.string().regex(/^[\w-]{43}$/, 'must be a device id');

/** The SHA-256 of the endpoint, base64url. The endpoint itself lets anybody push to the device. */
export const deviceIdOf = (endpoint: string): string =>
  createHash('sha256').update(endpoint).digest('base64url');

/** The push services of the browsers, `*.` for any subdomain. Any other address could be one of our own network. */
const PUSH_SERVICES: readonly string[] = [
  'fcm.googleapis.com',
  // Chromium as Linux distributions build it.
  'jmt17.google.com',
  '*.push.services.mozilla.com',
  '*.push.apple.com',
  '*.notify.windows.com',
];

/** Whether an endpoint is the address of a push service. */
export const isOfPushService = (endpoint: string): boolean => {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, host, username, password } = new URL(endpoint);
  if (protocol !== 'https:' || username || password) return false;
  return PUSH_SERVICES.some((service) =>
    service.startsWith('*.') ? host.endsWith(service.slice(1)) : host === service,
  );
};
