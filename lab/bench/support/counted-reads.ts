import { DynamoDBClient as Client, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { createDocumentClient } from '../../../lib/platform/aws/dynamodb.ts';

/** What was read from DynamoDB since it was last asked. */
export interface Reads {
  queries: number;
  batchGets: number;
  items: number;
  /** Read capacity units, as the engine counts them. */
  units: number;
}

const Consumed = z.object({ CapacityUnits: z.number() });
const Answer = z.union([
  z.object({ ConsumedCapacity: z.array(Consumed), Responses: z.record(z.string(), z.array(z.unknown())) }),
  z.object({ ConsumedCapacity: Consumed, Items: z.array(z.unknown()) }),
]);

/** A document client that counts what is read through it. */
export const countedReads = (
  endpoint: string,
): { client: DynamoDBDocumentClient; since: () => Reads; destroy: () => void } => {
  const base: DynamoDBClient = new Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  let reads: Reads = { queries: 0, batchGets: 0, items: 0, units: 0 };
  const client = createDocumentClient(base);
  const count = (output: unknown): void => {
    const answer = Answer.parse(output);
    if ('Items' in answer) {
      reads.queries += 1;
      reads.items += answer.Items.length;
      reads.units += answer.ConsumedCapacity.CapacityUnits;
    } else {
      reads.batchGets += 1;
      reads.items += Object.values(answer.Responses).flat().length;
      for (const { CapacityUnits } of answer.ConsumedCapacity) reads.units += CapacityUnits;
    }
  };
  // Not a middleware: later calls of a kind do not go through those that come first.
  const send = async (command: { input: object }): Promise<unknown> => {
    Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
    const output: unknown = await Reflect.apply(client.send, client, [command]);
    count(output);
    return output;
  };
  return {
    client: new Proxy(client, {
      get: (target, name) => (name === 'send' ? send : Reflect.get(target, name, target)),
    }),
    since: () => {
      const soFar = reads;
      reads = { queries: 0, batchGets: 0, items: 0, units: 0 };
      return soFar;
    },
    destroy: () => base.destroy(),
  };
};
