import { createHash } from 'node:crypto';
import type { EventFilter } from './filter/filter.ts';

interface CommonMapping {
  /** The mapping's UUID: the same on every start, so that checkpoints and object keys stay stable. */
  readonly id: string;
  /** The logical id in the template. */
  readonly logicalId: string;
  readonly eventSourceArn: string;
  readonly region: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  /** Absent: every record is delivered. */
  readonly filter?: EventFilter;
  readonly reportBatchItemFailures: boolean;
  /** `MetricsConfig` holds `EventCount`. */
  readonly eventCountMetrics: boolean;
}

export interface OnFailureDestination {
  readonly kind: 'sqs' | 'sns' | 's3';
  readonly arn: string;
}

export interface StreamMapping extends CommonMapping {
  readonly kind: 'stream';
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly parallelizationFactor: number;
  readonly bisectBatchOnFunctionError: boolean;
  /** Infinity: as long as the records live. */
  readonly maximumRetryAttempts: number;
  /** Infinity: no limit below the stream's own retention. */
  readonly maximumRecordAgeMs: number;
  readonly onFailure?: OnFailureDestination;
}

export interface QueueMapping extends CommonMapping {
  readonly kind: 'queue';
  readonly fifo: boolean;
  readonly maximumConcurrency?: number;
}

export type EventSourceMapping = StreamMapping | QueueMapping;

/**
 * The UUID under which a mapping runs here: what `Ref` of the resource resolves to. Another source or function
 * makes another mapping, as CloudFormation replaces the resource when its event source changes.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html#aws-resource-lambda-eventsourcemapping-return-values
 */
export function eventSourceMappingId(logicalId: string, eventSourceArn: string): string {
  const hex = createHash('sha256').update(`${logicalId}\n${eventSourceArn}`).digest('hex');
  // RFC 9562, section 5.8: version 8 is the one whose bits are the application's own.
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
