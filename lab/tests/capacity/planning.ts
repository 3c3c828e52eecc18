import type { Facts } from '../../capacity/facts.ts';
import { readMeasured } from '../../capacity/measured.ts';

export const measured = readMeasured();

/** What a small service's template says; each test changes what it is about. */
export const someFacts = (more: Partial<Facts> = {}): Facts => ({
  stage: 'test',
  functions: {
    createPost: { memoryMegabytes: 256 },
    broadcaster: { memoryMegabytes: 512 },
    searchIndexing: { memoryMegabytes: 256 },
    pushNotifications: { memoryMegabytes: 256 },
  },
  stream: { functionKey: 'broadcaster', batchSize: 100, windowSeconds: 0, parallelizationFactor: 1 },
  queues: [
    {
      functionKey: 'searchIndexing',
      batchSize: 10,
      windowSeconds: 0,
      maximumConcurrency: 1_000,
      filterPolicy: { change: ['published', 'edited'] },
    },
    {
      functionKey: 'pushNotifications',
      batchSize: 10,
      windowSeconds: 0,
      maximumConcurrency: 1_000,
      filterPolicy: { change: ['published', 'flagged'] },
    },
  ],
  routeRateLimit: 1_000_000,
  routes: 1,
  tables: {
    PostsTable: { indexes: 1 },
    SearchIndexTable: { indexes: 0 },
    NotificationsTable: { indexes: 0 },
  },
  topicKey: true,
  logRetentionDays: 90,
  tracing: true,
  logsEvents: true,
  resources: {},
  ...more,
});
