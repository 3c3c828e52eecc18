import { randomUUID } from 'node:crypto';
import type { MovedMessage } from '../trace/messages.ts';
import type { EngineModules, EngineQueue, EngineQueues } from './engine-modules.ts';
import { removeMessages, visibleMessages } from './fifo-queues.ts';

/** As ListMessageMoveTasks tells of it. */
interface Task {
  readonly Status: 'COMPLETED';
  readonly SourceArn: string;
  readonly DestinationArn?: string;
  readonly ApproximateNumberOfMessagesMoved: number;
  readonly ApproximateNumberOfMessagesToMove: number;
  /** Unix milliseconds. */
  readonly StartedTimestamp: number;
}

const REMEMBERED = 10;

/**
 * Adds the operations that move the messages of a dead-letter queue back, which the engine lacks. A task is done when
 * its start is answered: what is visible then has moved, in order, to `DestinationArn` or to the queue that each message
 * came from.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export const addMessageMoveTasks = (
  { SqsRouter, SqsError }: EngineModules,
  tell: (event: MovedMessage) => void = () => {},
): void => {
  const tasks: Task[] = [];
  const { register } = SqsRouter.prototype;

  const queueAt = (queues: EngineQueues, arn: unknown, parameter: string): EngineQueue => {
    const queue = typeof arn === 'string' ? queues.getQueueByArn(arn) : undefined;
    if (queue) return queue;
    const message = `The resource that you specified for the ${parameter} parameter doesn't exist.`;
    throw new SqsError('ResourceNotFoundException', message, 404);
  };

  const start = ({ SourceArn, DestinationArn }: Record<string, unknown>, queues: EngineQueues) => {
    const source = queueAt(queues, SourceArn, 'SourceArn');
    const sources = [...queues.allQueues()].filter((queue) => deadLetterTarget(queue) === source.arn);
    const [first] = sources;
    if (!first)
      throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    const destination =
      DestinationArn === undefined ? undefined : queueAt(queues, DestinationArn, 'DestinationArn');
    source.processTimers();
    const messages = visibleMessages(source);
    removeMessages(source, (message) => messages.includes(message));
    for (const message of messages) {
      const origin = sources.find(({ arn }) => arn === message.movedFrom) ?? first;
      // A message that is moved by a task is a new one to its queue.
      const { messageId } = message;
      const newMessageId = randomUUID();
      const moved = { from: source.name, to: (destination ?? origin).name, messageId, newMessageId };
      tell({ kind: 'moved', how: 'redriven', ...moved, at: Date.now() });
      Object.assign(message, {
        messageId: newMessageId,
        approximateReceiveCount: 0,
        sentTimestamp: Date.now(),
        movedAt: undefined,
      });
      (destination ?? origin).enqueue(message);
    }
    tasks.unshift({
      Status: 'COMPLETED',
      SourceArn: source.arn,
      ...(destination && { DestinationArn: destination.arn }),
      ApproximateNumberOfMessagesMoved: messages.length,
      ApproximateNumberOfMessagesToMove: messages.length,
      StartedTimestamp: Date.now(),
    });
    const handle = JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn });
    return { TaskHandle: Buffer.from(handle).toString('base64') };
  };

  const list = ({ SourceArn, MaxResults = 1 }: Record<string, unknown>, queues: EngineQueues) => {
    const source = queueAt(queues, SourceArn, 'SourceArn');
    const some = tasks.filter(({ SourceArn: arn }) => arn === source.arn);
    return { Results: some.slice(0, Math.min(Number(MaxResults), REMEMBERED)) };
  };

  const cancel = () => {
    throw new SqsError('ResourceNotFoundException', 'Task does not exist.', 404);
  };

  SqsRouter.prototype.register = function (action, handler) {
    // With the first of the engine's own operations.
    if (action === 'CreateQueue') {
      register.call(this, 'StartMessageMoveTask', start);
      register.call(this, 'ListMessageMoveTasks', list);
      register.call(this, 'CancelMessageMoveTask', cancel);
    }
    register.call(this, action, handler);
  };
};

const deadLetterTarget = ({ attributes }: EngineQueue): unknown =>
  attributes.RedrivePolicy && Object(JSON.parse(attributes.RedrivePolicy)).deadLetterTargetArn;
