import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { sideBySide } from '../failures/bucket.ts';
import type { DeadLetterQueue } from '../failures/dead-letter-queues.ts';
import type { MessageFailure } from '../failures/queue-messages.ts';
import { noteOutcome } from './outcome.ts';
import type { Sending } from './send-records.ts';

const BETWEEN_LOOKS_MS = 2_000;

/**
 * Has SQS move a whole dead-letter queue back; a task that runs already, of an earlier call, is followed instead.
 * What is known of each message is written down before, since SQS moves it as a new message. The task is cancelled when
 * it has moved as many: it would go on for as long as messages fail again and come back.
 * @param onMoved called with the number moved so far
 * @returns how many were moved, at most as many as `failures`
 * @throws when the task ends in another way
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export const moveQueue = async (
  { target, histories }: Sending,
  queue: DeadLetterQueue,
  failures: readonly MessageFailure[],
  perSecond: number,
  onMoved: (moved: number) => void,
  betweenLooksMs = BETWEEN_LOOKS_MS,
): Promise<number> => {
  const { sqs } = target.clients;
  const latest = async () => {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: queue.arn }));
    return Results[0];
  };
  await sideBySide(failures, (failure) => noteOutcome(histories, failure, `moved to ${queue.goesTo.id}`));
  let task = await latest();
  if (task?.Status !== 'RUNNING') {
    await sqs.send(
      new StartMessageMoveTaskCommand({ SourceArn: queue.arn, MaxNumberOfMessagesPerSecond: perSecond }),
    );
    task = await latest();
  }
  const movedBy = ({ ApproximateNumberOfMessagesMoved: moved = 0 }) => Math.min(moved, failures.length);
  let isCancelled = false;
  while (task?.Status === 'RUNNING' || task?.Status === 'CANCELLING') {
    onMoved(movedBy(task));
    if (movedBy(task) === failures.length && task.Status === 'RUNNING' && !isCancelled) {
      await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: task.TaskHandle }));
      isCancelled = true;
    }
    await sleep(betweenLooksMs);
    task = await latest();
  }
  if (task?.Status === 'COMPLETED' || (isCancelled && task?.Status === 'CANCELLED')) return movedBy(task);
  throw new Error(`the move task is ${task?.Status ?? 'gone'}: ${task?.FailureReason ?? 'no reason given'}`);
};
