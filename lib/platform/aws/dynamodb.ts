import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { withoutLog } from './without-log.ts';

/**
 * A document client; undefined fields are left out of items rather than refused.
 * @param client whose connections it shares; one of its own by default
 */
export const createDocumentClient = (client = new DynamoDBClient({})): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(withoutLog(client), { marshallOptions: { removeUndefinedValues: true } });
