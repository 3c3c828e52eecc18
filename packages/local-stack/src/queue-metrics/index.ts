/** What Amazon SQS tells CloudWatch about queues, measured on this machine. */
export { fauxqsQueueDepths } from './fauxqs-queue-depths.ts';
export {
  type QueueDepth,
  type QueueMetrics,
  type ReadQueueDepth,
  startQueueMetrics,
} from './queue-metrics.ts';
