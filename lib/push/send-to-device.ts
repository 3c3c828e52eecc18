import type { Device } from './device-registry.ts';
import type { Notification } from './notification.ts';

/**
 * - `sent`: the push service has taken the message
 * - `gone`: the device does not want messages any more
 * - `refused`: the push service will not take this message, now or later
 */
export type SendOutcome = 'sent' | 'gone' | 'refused';

/** Sends one notification to one device. @throws {RetryLater} when the push service cannot take it now */
export type SendToDevice = (device: Device, notification: Notification) => Promise<SendOutcome>;
