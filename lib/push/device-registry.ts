import type { PushSubscription } from './push-subscription.ts';

/** A browser or app that gets a user's notifications. */
export interface Device {
  deviceId: string;
  userId: string;
  subscription: PushSubscription;
  /** ISO 8601: when it was registered, or registered again. */
  registeredAt: string;
}

/** The endpoint belongs to no push service that messages may go to. */
export class UnknownPushService extends Error {
  constructor(endpoint: string) {
    // The path is what gives access to the device; the origin is enough to say what is wrong.
    super(`${new URL(endpoint).origin} is not a push service that is served`);
    this.name = 'UnknownPushService';
  }
}

/** The devices of users. A device belongs to the user who registered it last, so that nobody gets another's news. */
export interface DeviceRegistry {
  /** Registers a device; again with the same endpoint changes its owner or keys. @throws {UnknownPushService} */
  register(userId: string, subscription: PushSubscription): Promise<Device>;
  /** Removes a device of this user. @returns false when the user has no such device */
  remove(userId: string, deviceId: string): Promise<boolean>;
  /** The devices of a user, newest first, at most 20; without those that cannot be read. */
  listOf(userId: string): Promise<Device[]>;
}
