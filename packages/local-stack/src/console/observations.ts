import type { AlarmStateChange } from '../alarms/index.ts';
import type { SecretStore } from '../provisioning/secret-store.ts';
import { createEventBus, type EventBus } from '../trace/event-bus.ts';
import { type Recorder, recordTraces } from '../trace/recorder.ts';
import { createRing, type Ring } from '../trace/ring.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import { createConsoleToken } from './guard.ts';
import { createRedactor } from './redact.ts';

/** What the console keeps while builds of the service come and go: bounded rings, and the pages that listen. */
export interface Observations {
  /** A page that was loaded from an earlier start may change nothing. */
  token: string;
  /** Takes the values of secrets out of JSON text. */
  redact: (text: string) => string;
  hub: EventHub;
  /** What the parts of the stack tell of their work. */
  bus: EventBus;
  /** The latest of it. */
  recorder: Recorder;
  /** The latest changes of alarms. */
  alarmChanges: Ring<AlarmStateChange>;
}

const MAX_ALARM_CHANGES = 1_000;

export const createObservations = (secrets: SecretStore): Observations => {
  const redact = createRedactor(secrets.values);
  const bus = createEventBus();
  const recorder = recordTraces(bus);
  const alarmChanges = createRing<AlarmStateChange>({
    maximumItems: MAX_ALARM_CHANGES,
    maximumSize: MAX_ALARM_CHANGES,
    sizeOf: () => 1,
  });
  return { token: createConsoleToken(), redact, hub: createEventHub(redact), bus, recorder, alarmChanges };
};
