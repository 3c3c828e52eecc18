import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Rule, Schedule } from './definitions.ts';
import { type Delivery, executionId } from './delivery.ts';
import { type BusEvent, targetText } from './target-input.ts';

/** What fires by itself: a schedule, or a rule with a schedule expression. */
export interface ScheduleStatus {
  readonly logicalId: string;
  readonly name: string;
  readonly expression: string;
  readonly enabled: boolean;
  /** Unix milliseconds; absent when it does not fire any more. */
  readonly next?: number;
}

export interface Schedules {
  status(): ScheduleStatus[];
  /**
   * Fires a schedule now, whether it is enabled or not. Resolves when its targets have it, or wait to be tried again.
   * @throws when there is no schedule of this logical id
   */
  fire(logicalId: string): Promise<void>;
  stop(): void;
}

/** A timer of Node.js takes no more. */
const MAX_SLEEP_MS = 86_400_000;

const withoutMilliseconds = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/**
 * The event of a scheduled rule or schedule.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
 */
const scheduledEvent = ({ arn, kind }: Rule | Schedule, at: number): BusEvent => {
  const [, , , region = '', account = ''] = arn.split(':');
  return {
    ...{ version: '0', id: randomUUID(), 'detail-type': 'Scheduled Event' },
    source: kind === 'rule' ? 'aws.events' : 'aws.scheduler',
    ...{ account, time: withoutMilliseconds(at), region, resources: [arn] },
    // Scheduler writes its empty detail as text.
    detail: kind === 'rule' ? {} : '{}',
  };
};

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
const withAttributes = (text: string, attributes: Readonly<Record<string, string>>): string =>
  text.replace(/<(aws\.scheduler\.[a-z-]+)>/g, (found, name: string) => attributes[name] ?? found);

/**
 * Fires schedules and scheduled rules when they are due. What was due before the start is not made up for.
 * @param options.since what rates count from, Unix milliseconds
 */
export const startSchedules = (options: {
  rules: readonly Rule[];
  schedules: readonly Schedule[];
  delivery: Pick<Delivery, 'deliver'>;
  clock: Clock;
  since: number;
}): Schedules => {
  const { delivery, clock, since } = options;
  const stopping = new AbortController();
  const all: readonly (Rule | Schedule)[] = [
    ...options.rules.filter(({ expression }) => expression !== undefined),
    ...options.schedules,
  ];

  const nextOf = (one: Rule | Schedule, after: number): number | undefined => {
    const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } =
      one.kind === 'schedule' ? one : {};
    const next = one.expression?.next(Math.max(after, start - 1), Number.isFinite(start) ? start : since);
    return next === undefined || next > end ? undefined : next;
  };

  const fire = async (sender: Rule | Schedule, at: number): Promise<void> => {
    const event = scheduledEvent(sender, at);
    const context = {
      ...{ ruleArn: sender.arn, ruleName: sender.name },
      ingestionTime: new Date(clock.now()).toISOString(),
    };
    const id = executionId();
    await Promise.all(
      sender.targets.map((target) => {
        const text = targetText(target.input, event, context);
        return delivery.deliver(sender, target, (attempt) =>
          sender.kind === 'rule'
            ? text
            : withAttributes(text, {
                'aws.scheduler.schedule-arn': sender.arn,
                'aws.scheduler.scheduled-time': withoutMilliseconds(at),
                'aws.scheduler.execution-id': id,
                'aws.scheduler.attempt-number': String(attempt),
              }),
        );
      }),
    );
  };

  const run = async (one: Rule | Schedule): Promise<void> => {
    let after = clock.now();
    for (;;) {
      const next = nextOf(one, after);
      if (next === undefined) return;
      while (clock.now() < next && !stopping.signal.aborted)
        await clock.sleep(Math.min(next - clock.now(), MAX_SLEEP_MS), stopping.signal);
      if (stopping.signal.aborted) return;
      void fire(one, next);
      // A machine that slept fires once, not for each time that it missed.
      after = Math.max(next, clock.now());
    }
  };
  for (const one of all) if (one.enabled) void run(one);

  return {
    status: () =>
      all.map((one) => {
        const next = one.enabled ? nextOf(one, clock.now()) : undefined;
        const { logicalId, name, enabled, expressionText: expression = '' } = one;
        return { logicalId, name, expression, enabled, ...(next !== undefined && { next }) };
      }),
    fire: async (logicalId) => {
      const one = all.find((other) => other.logicalId === logicalId);
      if (one) return fire(one, clock.now());
      const known = all.map((other) => other.logicalId).join(', ');
      throw new Error(`there is no schedule ${logicalId}${known === '' ? '' : `, but ${known}`}`);
    },
    stop: () => stopping.abort(),
  };
};
