/**
 * Lambda's asynchronous invocation: the queue of events that every function has, its retries, its dead-letter queue and
 * its destinations, as AWS documents them. Whatever invokes a function asynchronously hands its event to `accept`.
 */
export {
  type AsynchronousConfiguration,
  asynchronousConfigurations,
  type Destination,
  functionNameIn,
  parseDeadLetterConfig,
  parseEventInvokeConfig,
} from './configuration.ts';
export { awsDestinations, type Destinations, type RecordForBus } from './destinations.ts';
export {
  type AsynchronousInvocation,
  startAsynchronousInvocation,
  UnknownFunction,
} from './event-queue.ts';
export { type EventStore, fileEventStore, type QueuedEvent } from './event-store.ts';
export type { AsynchronousEvent } from './events.ts';
