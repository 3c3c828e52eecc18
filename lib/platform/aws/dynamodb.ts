import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { withShortWay } from './dynamodb-short-way.ts';
import { rpcRequestSigner } from './rpc-request-signer.ts';
import { withoutLog } from './without-log.ts';

/** A DynamoDB client with the runtime's own region and credentials. */
export const createDynamoDbClient = (): DynamoDBClient => {
  const client: DynamoDBClient = new DynamoDBClient({
    signer: rpcRequestSigner('dynamodb', () => client.config.region()),
  });
  return withoutLog(client);
};

/**
 * A document client; undefined fields are left out of items rather than refused.
 * @param client whose connections it shares; one of its own by default
 */
export const createDocumentClient = (client = createDynamoDbClient()): DynamoDBDocumentClient =>
  withShortWay(
    DynamoDBDocumentClient.from(withoutLog(client), { marshallOptions: { removeUndefinedValues: true } }),
  );
