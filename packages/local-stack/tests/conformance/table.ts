import { asynchronousDestinations } from './asynchronous-invocation/destinations.ts';
import { asynchronousEvents } from './asynchronous-invocation/events.ts';
import type { Behaviour } from './behaviour.ts';
import { eventBuses } from './event-bridge/buses.ts';
import { schedules } from './event-bridge/schedules.ts';
import { targets } from './event-bridge/targets.ts';
import { configuration } from './event-source-mappings/configuration.ts';
import { fifoQueues } from './event-source-mappings/fifo-queues.ts';
import { filters } from './event-source-mappings/filters.ts';
import { metrics } from './event-source-mappings/metrics.ts';
import { queues } from './event-source-mappings/queues.ts';
import { streamBatches } from './event-source-mappings/stream-batches.ts';
import { streamDestinations } from './event-source-mappings/stream-destinations.ts';
import { streamErrors } from './event-source-mappings/stream-errors.ts';
import { streamPartial } from './event-source-mappings/stream-partial.ts';
import { streamReading } from './event-source-mappings/stream-reading.ts';
import { rights } from './identity/rights.ts';
import { fifoMessages } from './messaging/fifo.ts';
import { filterPolicies } from './messaging/filter-policies.ts';
import { functionsOfTopics } from './messaging/functions-of-topics.ts';
import { objectEvents } from './messaging/object-events.ts';
import { messagingQueues } from './messaging/queues.ts';
import { topics } from './messaging/topics.ts';
import { alarmRows } from './parts/alarms.ts';
import { functions } from './parts/functions.ts';
import { httpApi } from './parts/http-api.ts';
import { parameters } from './parts/parameters.ts';
import { resources } from './parts/resources.ts';

/** Every documented behaviour that is checked, in the order of docs/fidelity.md. Other rooms add theirs here. */
export const behaviours: readonly Behaviour[] = [
  ...configuration,
  ...filters,
  ...streamReading,
  ...streamBatches,
  ...streamErrors,
  ...streamPartial,
  ...streamDestinations,
  ...queues,
  ...fifoQueues,
  ...metrics,
  ...messagingQueues,
  ...fifoMessages,
  ...filterPolicies,
  ...topics,
  ...functionsOfTopics,
  ...functions,
  ...asynchronousEvents,
  ...asynchronousDestinations,
  ...schedules,
  ...eventBuses,
  ...targets,
  ...httpApi,
  ...alarmRows,
  ...objectEvents,
  ...parameters,
  ...resources,
  ...rights,
];
