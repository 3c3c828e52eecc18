/**
 * EventBridge and EventBridge Scheduler on one machine: rules with patterns and schedules, event buses, their targets
 * with retries and dead-letter queues, and PutEvents.
 */
export { type EventBridgeApi, serveEventBridge } from './api.ts';
export {
  busNameIn,
  busNameOfRule,
  groupOfSchedule,
  parseRule,
  parseSchedule,
  type Rule,
  type Schedule,
  type Target,
} from './definitions.ts';
export {
  createDelivery,
  type Delivery,
  type RefusalOf,
  type TargetPorts,
  UndeliverableError,
} from './delivery.ts';
export { createEventBuses, type EventBuses, type PutEventsEntry } from './event-buses.ts';
export { InvalidScheduleExpression, parseScheduleExpression } from './schedule-expression.ts';
export { type ScheduleStatus, type Schedules, startSchedules } from './schedules.ts';
export { type BusEvent, type TargetInput, targetText } from './target-input.ts';
export { targetQueues } from './target-queues.ts';
