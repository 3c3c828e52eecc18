import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { LocalValues } from '../parameters/local-values.ts';
import type { SecretStore } from './secret-store.ts';

/** A resource whose properties are evaluated. */
export interface DeclaredResource {
  logicalId: string;
  type: string;
  properties: Readonly<Record<string, unknown>>;
}

/** What other resources can learn of one that exists. */
export interface Physical {
  ref: string;
  attributes: Readonly<Record<string, string>>;
}

/** What resource types provision into. */
export interface Provider {
  stackName: string;
  region: string;
  accountId: string;
  dynamoDb: DynamoDBClient;
  sns: SNSClient;
  sqs: SQSClient;
  s3: S3Client;
  secrets: SecretStore;
  /** What the service's file gives instead of an account; nothing when absent. */
  values?: LocalValues;
  /** Where functions reach SQS, when not where `sqs` does. */
  queueEndpoint?: string;
  /** The local token issuer, and the one client that it knows. */
  identity: { issuer: string; clientId: string };
}

/**
 * Creates a resource, or updates an existing one, and says how others refer to it.
 * @throws when it cannot; the caller names the resource
 */
export type ResourceType = (resource: DeclaredResource, provider: Provider) => Promise<Physical>;

/**
 * The name that the resource asks for, or one like CloudFormation's: stack, logical id. A name that would be too long
 * is cut, and made unique by a digest of the whole.
 * @param maximumLength of the service that the resource belongs to
 */
export const physicalName = (
  { logicalId, properties }: DeclaredResource,
  nameProperty: string,
  { stackName }: Provider,
  maximumLength = 80,
): string => {
  const asked = properties[nameProperty];
  if (typeof asked === 'string') return asked;
  const whole = `${stackName}-${logicalId}`;
  if (whole.length <= maximumLength) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, maximumLength - digest.length - 1)}-${digest}`;
};

/** The name of a FIFO queue or topic: one that is not given ends with `.fifo`, as CloudFormation's do. */
export const fifoName = (resource: DeclaredResource, nameProperty: string, provider: Provider): string =>
  typeof resource.properties[nameProperty] === 'string'
    ? physicalName(resource, nameProperty, provider)
    : `${physicalName(resource, nameProperty, provider, 75)}.fifo`;

/** An ARN in the local account and region. */
export const arn = (provider: Provider, service: string, resource: string): string =>
  `arn:aws:${service}:${provider.region}:${provider.accountId}:${resource}`;
