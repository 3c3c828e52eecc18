import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { withSend } from './with-send.ts';

/** A client that notes the names of its commands, and can be made to refuse some of them. */
export const observedClient = (
  client: DynamoDBDocumentClient,
  refuses: (command: string) => boolean = () => false,
): { client: DynamoDBDocumentClient; commands: string[] } => {
  const commands: string[] = [];
  const observed = withSend(client, async (command) => {
    const { name } = command.constructor;
    commands.push(name);
    if (refuses(name)) throw new Error(`${name} is refused`);
    return client.send(command);
  });
  return { client: observed, commands };
};
