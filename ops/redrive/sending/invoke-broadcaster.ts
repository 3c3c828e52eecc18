import { InvokeCommand } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { failureLog } from '../target/failure-log.ts';
import { idOf, type Target } from '../target/target.ts';

const Answer = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })) });
const FunctionFailure = z.object({ errorType: z.string().optional(), errorMessage: z.string().optional() });

/** Where a batch stopped: nothing from this record on is published for sure. */
export interface StoppedAt {
  sequenceNumber: string;
  reason: string;
}

/**
 * Hands records to the broadcaster as the event source mapping would.
 * @returns undefined when it is done with all of them
 * @throws when the function failed as a whole
 */
export const invokeBroadcaster = async (
  target: Target,
  records: readonly unknown[],
): Promise<StoppedAt | undefined> => {
  const { FunctionError, Payload, LogResult } = await target.clients.lambda.send(
    new InvokeCommand({
      FunctionName: await idOf(target, 'AWS::Lambda::Function', 'BroadcasterLambdaFunction'),
      Payload: JSON.stringify({ Records: records }),
      LogType: 'Tail',
    }),
  );
  const answer: unknown = JSON.parse(Payload?.transformToString() ?? 'null');
  if (FunctionError) {
    const { errorType = FunctionError, errorMessage = '' } = FunctionFailure.parse(answer);
    throw new Error(`the broadcaster failed: ${errorType}: ${errorMessage}`);
  }
  const numbers = Answer.parse(answer).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  if (numbers.length === 0) return undefined;
  const sequenceNumber = numbers.reduce((low, number) => (BigInt(number) < BigInt(low) ? number : low));
  const log = failureLog(new Date(0));
  for (const line of Buffer.from(LogResult ?? '', 'base64')
    .toString('utf8')
    .split('\n'))
    log.add(line);
  const reason = log.found.get(sequenceNumber)?.reason ?? 'the broadcaster did not say why';
  return { sequenceNumber, reason };
};
