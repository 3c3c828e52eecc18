import { readFileSync } from 'node:fs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { z } from 'zod';
import { type FilterPolicy, subscribers } from '../../scripts/subscribers.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8');

/** What a subscriber's handler needs of its environment; no queue is there. */
export const subscriberEnvironment = {
  QUEUE_URL: 'http://127.0.0.1:9/123456789012/queue',
  AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_MAX_ATTEMPTS: '1',
  POWERTOOLS_SERVICE_NAME: 'subscriber',
  POWERTOOLS_METRICS_NAMESPACE: 'Tests',
};

/** The sample event and the filter policy of a subscriber, by its folder's name. */
export const subscriberFiles = (name: string): { sample: SQSEvent; filterPolicy: FilterPolicy } => {
  const folder = subscribers().find((subscriber) => subscriber.name === name);
  if (!folder) throw new Error(`functions/${name} is no subscriber`);
  return { sample: JSON.parse(read(`events/${name}.json`)), filterPolicy: folder.filterPolicy };
};

/** Whether a filter policy of plain values and `exists` lets a message through. */
export const selects = (policy: FilterPolicy, { messageAttributes }: SQSRecord): boolean =>
  Object.entries(policy).every(([name, conditions]) => {
    const value = messageAttributes[name]?.stringValue;
    return conditions.some((condition) =>
      typeof condition === 'string'
        ? condition === value
        : z.object({ exists: z.literal(true) }).safeParse(condition).success && value !== undefined,
    );
  });
