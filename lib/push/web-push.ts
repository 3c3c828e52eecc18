import webPush from 'web-push';
import { RetryLater } from '#lib/platform/retry-later.ts';
import type { SendOutcome, SendToDevice } from './deliver-to-devices.ts';
import type { Device } from './dynamodb-device-registry.ts';
import type { Notification } from './notification.ts';
import type { VapidKeys } from './vapid-keys.ts';

/** Seconds for which a push service keeps a message for a device that is offline. */
const TIME_TO_LIVE = 24 * 60 * 60;
const TIMEOUT_MS = 5_000;
/** When a push service names no time itself. */
const RETRY_SECONDS = 60;

export interface VapidIdentity extends VapidKeys {
  /** An `https:` or `mailto:` address of the operator. */
  subject: string;
}

/** What a service worker gets. With `notificationId` as the `tag` of what it shows, a repeat replaces the first. */
const payloadOf = ({ title, body, kind, postId, notificationId }: Notification): string =>
  JSON.stringify({ title, body, kind, postId, notificationId });

/** Sends by Web Push: RFC 8030, encrypted by RFC 8291, signed by RFC 8292. */
export const webPushSender =
  (identify: () => Promise<VapidIdentity>): SendToDevice =>
  async (device, notification) => {
    const request = requestFor(device, notification, await identify());
    const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      (cause: unknown) => {
        throw new RetryLater('the push service did not answer', RETRY_SECONDS, { cause });
      },
    );
    await response.body?.cancel();
    return outcomeOf(response);
  };

const requestFor = ({ subscription }: Device, notification: Notification, vapid: VapidIdentity): Request => {
  const { endpoint, keys } = subscription;
  const { cipherText } = webPush.encrypt(keys.p256dh, keys.auth, payloadOf(notification), 'aes128gcm');
  const { Authorization } = webPush.getVapidHeaders(
    new URL(endpoint).origin,
    vapid.subject,
    vapid.publicKey,
    vapid.privateKey,
    'aes128gcm',
  );
  return new Request(endpoint, {
    method: 'POST',
    headers: {
      authorization: Authorization,
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: `${TIME_TO_LIVE}`,
      urgency: 'normal',
      // A later message about the post replaces one that the device has not seen yet.
      topic: notification.postId,
    },
    body: new Uint8Array(cipherText),
    // The endpoint was checked when it was registered; where it redirects to was not.
    redirect: 'manual',
  });
};

/** @see https://www.rfc-editor.org/rfc/rfc8030#section-7.3 */
const outcomeOf = (response: Response): SendOutcome => {
  const { status } = response;
  if (response.ok) return 'sent';
  if (status === 404 || status === 410) return 'gone';
  if (status === 429 || status >= 500) {
    throw new RetryLater(`the push service answered ${status}`, retryAfter(response.headers));
  }
  return 'refused';
};

/** Seconds or a date; RFC 9110, section 10.2.3. */
const retryAfter = (headers: Headers): number => {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? RETRY_SECONDS : Math.max(0, Math.ceil((date - Date.now()) / 1_000));
};
