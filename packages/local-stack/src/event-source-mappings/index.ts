/**
 * Lambda's event source mappings for DynamoDB streams and SQS queues, as AWS documents them, on one machine.
 * Everything outside is behind a port; adapters for the AWS SDK are in `adapters/`.
 */

export { type AwsClients, awsPorts } from './adapters/aws.ts';
export { fileCheckpoints } from './adapters/file-checkpoints.ts';
export { queueUrls } from './adapters/sqs.ts';
export { wakeOnWrites } from './adapters/wake-on-writes.ts';
export { type Backoff, defaultBackoff } from './backoff.ts';
export type { DiscardCondition, MappingEvent } from './events.ts';
export { isObject } from './filter/exact-json.ts';
export { compilePattern, exact } from './filter/pattern.ts';
export { InvalidPattern } from './filter/rule.ts';
export {
  type EventSourceMapping,
  eventSourceMappingId,
  type OnFailureDestination,
  type QueueMapping,
  type StreamMapping,
} from './mapping.ts';
export { parseEventSourceMapping } from './parse.ts';
export type * from './ports.ts';
export type { QueueStatus } from './queues/runner.ts';
export {
  type EventSourceMappings,
  type EventSourceMappingsOptions,
  type MappingStatus,
  startEventSourceMappings,
} from './start.ts';
export type { ShardStatus, StreamPolling } from './streams/shard.ts';
