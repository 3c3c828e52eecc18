import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { EmittedMetric } from '../metrics/emitted.ts';
import type { MetricSink } from '../metrics/metric.ts';
import type { Rule, Schedule, Target } from './definitions.ts';

/** Sends to targets. */
export interface TargetPorts {
  /** Hands an event to a function's queue of asynchronous events. @throws {UndeliverableError} when there is none */
  invoke(functionArn: string, event: unknown, sender: string): Promise<void>;
  /** @throws {UndeliverableError} when there is no such queue */
  sendMessage(queueArn: string, body: string, attributes?: Readonly<Record<string, string>>): Promise<void>;
}

/** Why a target or its dead-letter queue does not let a sender in; `undefined` when it does. */
export type RefusalOf = (
  sender: Rule | Schedule,
  action: 'lambda:InvokeFunction' | 'sqs:SendMessage',
  target: Pick<Target, 'arn' | 'roleArn'>,
) => string | undefined;

/** A delivery that no retry mends. */
export class UndeliverableError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface DeliveryOptions {
  readonly ports: TargetPorts;
  readonly refusalOf: RefusalOf;
  readonly clock: Clock;
  readonly metrics: MetricSink;
  readonly log: (level: 'warn' | 'error', message: string) => void;
}

export interface Delivery {
  /**
   * Sends a text to a target of a rule or schedule: resolves when it arrived, was given up, or waits to be tried again,
   * which then goes on by itself. Never rejects.
   * @param textOf what to send at a try, which Scheduler writes its number into
   */
  deliver(sender: Rule | Schedule, target: Target, textOf: (attempt: number) => string): Promise<void>;
  /** Deliveries that wait to be tried again. */
  waiting(): number;
  /** Gives up what waits. */
  stop(): void;
}

/** Between tries, doubling; AWS says only that they back off. */
const RETRY_MS = { first: 1_000, most: 300_000 };

const METRICS: Readonly<
  Record<
    (Rule | Schedule)['kind'],
    {
      namespace: 'AWS/Events' | 'AWS/Scheduler';
      tried: EmittedMetric<'AWS/Events' | 'AWS/Scheduler'>;
      failed: EmittedMetric<'AWS/Events' | 'AWS/Scheduler'>;
      sentToDeadLetters: EmittedMetric<'AWS/Events' | 'AWS/Scheduler'>;
      notSentToDeadLetters: EmittedMetric<'AWS/Events' | 'AWS/Scheduler'>;
    }
  >
> = {
  rule: {
    namespace: 'AWS/Events',
    tried: 'Invocations',
    failed: 'FailedInvocations',
    sentToDeadLetters: 'InvocationsSentToDlq',
    notSentToDeadLetters: 'InvocationsFailedToBeSentToDlq',
  },
  schedule: {
    namespace: 'AWS/Scheduler',
    tried: 'InvocationAttemptCount',
    failed: 'InvocationDroppedCount',
    sentToDeadLetters: 'InvocationsSentToDeadLetterCount',
    notSentToDeadLetters: 'InvocationsFailedToBeSentToDeadLetterCount',
  },
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text; // A function gets words as a JSON string.
  }
};

interface Failure {
  readonly code: string;
  readonly message: string;
  /** Whether another try may help. */
  readonly isForGood: boolean;
}

const failureOf = (error: unknown): Failure => {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UndeliverableError) return { code: error.code, message, isForGood: true };
  return { code: error instanceof Error ? error.name : 'InternalError', message, isForGood: false };
};

/**
 * Sends to targets as EventBridge and its Scheduler do: again and again for a day at most while a target is away, at once
 * to the dead-letter queue when no try can help.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export const createDelivery = ({ ports, refusalOf, clock, metrics, log }: DeliveryOptions): Delivery => {
  const stopping = new AbortController();
  let waiting = 0;

  const count = (sender: Rule | Schedule, what: Exclude<keyof (typeof METRICS)['rule'], 'namespace'>) => {
    const { namespace, [what]: name } = METRICS[sender.kind];
    const dimensions: Record<string, string> =
      sender.kind === 'rule' ? { RuleName: sender.name } : { ScheduleGroup: sender.group };
    metrics({ namespace, name, dimensions, value: 1, unit: 'Count', timestamp: clock.now() });
  };

  const send = async (
    sender: Rule | Schedule,
    target: Target,
    text: string,
  ): Promise<Failure | undefined> => {
    const action = target.kind === 'lambda' ? 'lambda:InvokeFunction' : 'sqs:SendMessage';
    const refused = refusalOf(sender, action, target);
    if (refused !== undefined) return { code: 'NO_PERMISSIONS', message: refused, isForGood: true };
    try {
      if (target.kind === 'lambda') await ports.invoke(target.arn, parsed(text), sender.arn);
      else await ports.sendMessage(target.arn, text);
      return undefined;
    } catch (error) {
      return failureOf(error);
    }
  };

  const giveUp = async (
    sender: Rule | Schedule,
    target: Target,
    text: string,
    { code, message }: Failure,
    attempts: number,
    exhausted: string | undefined,
  ): Promise<void> => {
    count(sender, 'failed');
    const { arn, deadLetterArn, roleArn } = target;
    const lost = (why: string) =>
      log('error', `${sender.logicalId}: ${arn} got nothing (${code}: ${message})${why}`);
    if (deadLetterArn === undefined) return lost('; there is no dead-letter queue');
    const attributes = {
      ...(sender.kind === 'rule' ? { RULE_ARN: sender.arn } : { SCHEDULE_ARN: sender.arn }),
      ...{ TARGET_ARN: arn, ERROR_CODE: code, ERROR_MESSAGE: message, RETRY_ATTEMPTS: String(attempts - 1) },
      ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
    };
    // A rule sends to a dead-letter queue in its own name.
    const isBySchedule = sender.kind === 'schedule' && roleArn !== undefined;
    const to = { arn: deadLetterArn, ...(isBySchedule && { roleArn }) };
    const refused = refusalOf(sender, 'sqs:SendMessage', to);
    try {
      if (refused !== undefined) throw new Error(refused);
      await ports.sendMessage(deadLetterArn, text, attributes);
      count(sender, 'sentToDeadLetters');
      log('warn', `${sender.logicalId}: ${arn} got nothing (${code}: ${message}), but ${deadLetterArn} did`);
    } catch (error) {
      count(sender, 'notSentToDeadLetters');
      lost(`, nor did ${deadLetterArn} (${error instanceof Error ? error.message : error})`);
    }
  };

  const deliver: Delivery['deliver'] = async (sender, target, textOf) => {
    const since = clock.now();
    const attempt = async (number: number): Promise<void> => {
      count(sender, 'tried');
      const text = textOf(number);
      const failure = await send(sender, target, text);
      if (!failure) return;
      if (failure.isForGood) return giveUp(sender, target, text, failure, number, undefined);
      if (number > target.maximumRetryAttempts)
        return giveUp(sender, target, text, failure, number, 'MaximumRetryAttempts');
      const wait = Math.min(RETRY_MS.first * 2 ** (number - 1), RETRY_MS.most);
      if (clock.now() + wait - since > target.maximumEventAgeMs)
        return giveUp(sender, target, text, failure, number, 'MaximumEventAgeInSeconds');
      log('warn', `${sender.logicalId}: ${target.arn} got nothing yet (${failure.code}: ${failure.message})`);
      void again(number + 1, wait);
    };
    const again = async (number: number, wait: number): Promise<void> => {
      waiting += 1;
      await clock.sleep(wait, stopping.signal);
      waiting -= 1;
      if (!stopping.signal.aborted) await attempt(number);
    };
    await attempt(1);
  };

  return { deliver, waiting: () => waiting, stop: () => stopping.abort() };
};

/** An id as Scheduler gives its executions: 16 hexadecimal digits. */
export const executionId = (): string => randomUUID().replaceAll('-', '').slice(0, 16);
