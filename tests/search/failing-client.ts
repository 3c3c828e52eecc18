import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { withSend } from '#tests/support/with-send.ts';

type Fault = 'none' | 'before' | 'after';

/** A client whose calls fail as told, before or after they took effect; the rest go through. */
export const failing = (client: DynamoDBDocumentClient, faults: Iterator<Fault>) =>
  withSend(client, async (command) => {
    const fault = faults.next().value ?? 'none';
    if (fault === 'before') throw new Error('the network is down');
    const result = await client.send(command);
    if (fault === 'after') throw new Error('the answer was lost');
    return result;
  });
