import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A DynamoDB client with the runtime's own region and credentials. */
export const createDynamoDbClient = (): DynamoDBClient => new DynamoDBClient({});

/**
 * A document client; undefined fields are left out of items rather than refused.
 * @param client whose connections it shares; one of its own by default
 */
export const createDocumentClient = (client = createDynamoDbClient()): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
