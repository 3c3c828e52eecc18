import { RetryLater } from '#lib/platform/retry-later.ts';
import type { Device, DeviceRegistry } from './device-registry.ts';
import type { Notification } from './notification.ts';
import type { Deliveries, DeliverNotification } from './notify-author.ts';

/**
 * - `sent`: the push service has taken the message
 * - `gone`: the device does not want messages any more
 * - `refused`: the push service will not take this message, now or later
 */
export type SendOutcome = 'sent' | 'gone' | 'refused';

/** Sends one notification to one device. @throws {RetryLater} when the push service cannot take it now */
export type SendToDevice = (device: Device, notification: Notification) => Promise<SendOutcome>;

interface Ports {
  devices: Pick<DeviceRegistry, 'listOf'>;
  /** Remembers what it sent: sending again to a device that was reached does nothing. */
  send: SendToDevice;
}

/**
 * Delivers to all devices of a user side by side. One that fails keeps none of the others from theirs; the message
 * comes again for the failed ones only, after the longest time that a push service asked for.
 */
export const deliverToDevices =
  ({ devices, send }: Ports): DeliverNotification =>
  async (notification) => {
    const registered = await devices.listOf(notification.userId);
    const attempts = await Promise.allSettled(registered.map((device) => send(device, notification)));

    const failures = attempts.filter((attempt) => attempt.status === 'rejected').map(({ reason }) => reason);
    if (failures.length > 0) throw failureOf(failures, registered.length);
    return countOf(attempts.filter((attempt) => attempt.status === 'fulfilled').map(({ value }) => value));
  };

const countOf = (outcomes: readonly SendOutcome[]): Deliveries => {
  const count = (wanted: SendOutcome) => outcomes.filter((outcome) => outcome === wanted).length;
  return { sent: count('sent'), gone: count('gone'), refused: count('refused') };
};

const failureOf = (failures: readonly unknown[], devices: number): Error => {
  const reason = `${failures.length} of ${devices} devices could not be reached`;
  const later = failures.filter((failure) => failure instanceof RetryLater);
  // What failed for another reason than a busy service needs no waiting beyond the queue's own.
  if (later.length === 0) return new Error(reason, { cause: failures[0] });
  return new RetryLater(reason, Math.max(...later.map(({ seconds }) => seconds)), { cause: later[0] });
};
