import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A client that sends in its own way, and is `client` otherwise. */
export const withSend = (
  client: DynamoDBDocumentClient,
  send: (command: Parameters<DynamoDBDocumentClient['send']>[0]) => Promise<unknown>,
): DynamoDBDocumentClient =>
  new Proxy(client, {
    get: (target, name) => (name === 'send' ? send : Reflect.get(target, name, target)),
  });
