import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A client that notes the names of its commands, and can be made to refuse some of them. */
export const observedClient = (
  client: DynamoDBDocumentClient,
  refuses: (command: string) => boolean = () => false,
): { client: DynamoDBDocumentClient; commands: string[] } => {
  const commands: string[] = [];
  const send = async (command: Parameters<DynamoDBDocumentClient['send']>[0]): Promise<unknown> => {
    const { name } = command.constructor;
    commands.push(name);
    if (refuses(name)) throw new Error(`${name} is refused`);
    return client.send(command);
  };
  const observed = new Proxy(client, {
    get: (target, name) => (name === 'send' ? send : Reflect.get(target, name, target)),
  });
  return { client: observed, commands };
};
