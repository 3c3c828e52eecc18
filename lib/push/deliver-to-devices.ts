import { RetryLater } from '#lib/platform/retry-later.ts';
import type { Device, DeviceRegistry } from './dynamodb-device-registry.ts';
import type { Notification } from './notification.ts';
import type { DeliverNotification } from './notify-author.ts';

/**
 * - `sent`: the push service has accepted the message
 * - `gone`: the device does not want messages any more
 * - `refused`: the push service never accepts this message
 */
export type SendOutcome = 'sent' | 'gone' | 'refused';

/** Sends a notification to one device. @throws {RetryLater} when the push service cannot take it now */
export type SendToDevice = (device: Device, notification: Notification) => Promise<SendOutcome>;

interface Ports {
  devices: Pick<DeviceRegistry, 'listOf'>;
  /** Sending again to a device that was reached does nothing. */
  send: SendToDevice;
}

/**
 * Delivers to all devices of a user in parallel. When some fail, the message is retried for those, after the longest
 * time that a push service asked for.
 */
export const deliverToDevices =
  ({ devices, send }: Ports): DeliverNotification =>
  async (notification) => {
    const registered = await devices.listOf(notification.userId);
    const attempts = await Promise.allSettled(registered.map((device) => send(device, notification)));

    const failures = attempts.filter((attempt) => attempt.status === 'rejected').map(({ reason }) => reason);
    if (failures.length > 0) throw failureOf(failures, registered.length);
    const outcomes = attempts.filter((attempt) => attempt.status === 'fulfilled').map(({ value }) => value);
    const count = (wanted: SendOutcome) => outcomes.filter((outcome) => outcome === wanted).length;
    return { sent: count('sent'), gone: count('gone'), refused: count('refused') };
  };

const failureOf = (failures: readonly unknown[], devices: number): Error => {
  const reason = `${failures.length} of ${devices} devices could not be reached`;
  const later = failures.filter((failure) => failure instanceof RetryLater);
  if (later.length === 0) return new Error(reason, { cause: failures[0] });
  return new RetryLater(reason, Math.max(...later.map(({ seconds }) => seconds)), { cause: later[0] });
};
