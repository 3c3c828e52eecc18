import { DynamoDBClient as Client, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';

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
  client.middlewareStack.add(
    (next) => async (call) => {
      Object.assign(call.input, { ReturnConsumedCapacity: 'TOTAL' });
      const result = await next(call);
      const answer = Answer.parse(result.output);
      if ('Items' in answer) {
        reads.queries += 1;
        reads.items += answer.Items.length;
        reads.units += answer.ConsumedCapacity.CapacityUnits;
      } else {
        reads.batchGets += 1;
        reads.items += Object.values(answer.Responses).flat().length;
        for (const { CapacityUnits } of answer.ConsumedCapacity) reads.units += CapacityUnits;
      }
      return result;
    },
    { step: 'initialize' },
  );
  return {
    client,
    since: () => {
      const soFar = reads;
      reads = { queries: 0, batchGets: 0, items: 0, units: 0 };
      return soFar;
    },
    destroy: () => base.destroy(),
  };
};
