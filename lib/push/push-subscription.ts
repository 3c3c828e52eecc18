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

/**
 * What a browser's `PushSubscription.toJSON()` gives.
 * @see https://www.w3.org/TR/push-api/#dom-pushsubscription-tojson
 */
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

/** Identifies a device: the SHA-256 of its endpoint, base64url. The endpoint itself lets anybody push to it. */
export const DeviceId = z.string().regex(/^[\w-]{43}$/, 'must be a device id');

/** The id of the device behind an endpoint: the same device registers again under the same id. */
export const deviceIdOf = (endpoint: string): string =>
  createHash('sha256').update(endpoint).digest('base64url');

/**
 * The push services of the browsers. Messages go nowhere else, or anybody could make this service call any address.
 * A leading "*." stands for any subdomain.
 */
export const PUSH_SERVICES: readonly string[] = [
  'https://fcm.googleapis.com',
  // Chromium as Linux distributions build it.
  'https://jmt17.google.com',
  'https://*.push.services.mozilla.com',
  'https://*.push.apple.com',
  'https://*.notify.windows.com',
];

/** Whether an endpoint belongs to one of `services`, which are origins. */
export const isEndpointOf = (services: readonly string[], endpoint: string): boolean => {
  const { protocol, host, username, password } = new URL(endpoint);
  if (username || password) return false;
  return services.some((service) => {
    const [scheme, pattern = ''] = service.split('//');
    if (scheme !== protocol) return false;
    return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
  });
};
