import { PutEventsEntry as Entry } from '../../../src/event-bridge/event-buses.ts';
import {
  createDelivery,
  createEventBuses,
  type EventBuses,
  type PutEventsEntry,
  parseRule,
  parseSchedule,
  type RefusalOf,
  type Schedules,
  startSchedules,
  UndeliverableError,
} from '../../../src/event-bridge/index.ts';
import type { MetricDatum } from '../../../src/metrics/metric.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

const common = 'eu-central-1:123456789012';
export const workerArn = `arn:aws:lambda:${common}:function:worker`;
export const workArn = `arn:aws:sqs:${common}:work`;
export const undeliveredArn = `arn:aws:sqs:${common}:undelivered`;
export const roleArn = 'arn:aws:iam::123456789012:role/scheduler';
export const ruleArn = `arn:aws:events:${common}:rule/nightly`;
export const scheduleArn = `arn:aws:scheduler:${common}:schedule/default/nightly`;

export const rule = (properties: Record<string, unknown>) =>
  parseRule(properties, { logicalId: 'Nightly', name: 'nightly', arn: ruleArn });

/** A rule that sends every event of the source `shop` to a function. */
export const shopRule = (target: Record<string, unknown> = {}, properties: Record<string, unknown> = {}) =>
  rule({
    EventPattern: { source: ['shop'] },
    Targets: [{ Id: 'target', Arn: workerArn, ...target }],
    ...properties,
  });

export const schedule = (properties: Record<string, unknown>, target: Record<string, unknown> = {}) =>
  parseSchedule(
    {
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: workerArn, RoleArn: roleArn, ...target },
      ...properties,
    },
    { logicalId: 'Nightly', name: 'nightly', arn: scheduleArn },
  );

export interface EventBridgeWorld {
  readonly clock: VirtualClock;
  /** What functions got. `at` is milliseconds since the start. */
  readonly invoked: { readonly arn: string; readonly event: unknown; readonly at: number }[];
  readonly sent: {
    readonly arn: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
  readonly metrics: MetricDatum[];
  readonly logs: string[];
  readonly buses: EventBuses;
  readonly schedules: Schedules;
  /** Puts one event; its detail is given as a value. */
  put(entry?: Partial<Omit<PutEventsEntry, 'Detail'>> & { Detail?: unknown }): ReturnType<EventBuses['put']>;
  sum(metric: string): number;
}

/** EventBridge on a virtual clock. */
export async function withEventBridge(
  options: {
    readonly rules?: readonly ReturnType<typeof rule>[];
    readonly schedules?: readonly ReturnType<typeof schedule>[];
    readonly buses?: readonly string[];
    readonly start?: string;
    readonly refusalOf?: RefusalOf;
    /** Why a target takes nothing at its `count`th try, from 1. */
    readonly fails?: (arn: string, count: number) => Error | undefined;
  },
  act: (world: EventBridgeWorld) => Promise<void>,
): Promise<void> {
  const { rules = [], schedules: declared = [], buses: names = [], fails = () => undefined } = options;
  const start = Date.parse(options.start ?? '2026-01-15T10:00:00.000Z');
  const clock = createVirtualClock(start);
  const invoked: EventBridgeWorld['invoked'] = [];
  const sent: EventBridgeWorld['sent'] = [];
  const metrics: MetricDatum[] = [];
  const logs: string[] = [];
  const tries = new Map<string, number>();
  const meet = (arn: string) => {
    const count = (tries.get(arn) ?? 0) + 1;
    tries.set(arn, count);
    const error = fails(arn, count);
    if (error) throw error;
  };
  const log = (_level: string, line: string) => logs.push(line);
  const common = { clock, metrics: (datum: MetricDatum) => metrics.push(datum), log };
  const delivery = createDelivery({
    ...common,
    ports: {
      invoke: async (arn, event) => {
        meet(arn);
        invoked.push({ arn, event, at: clock.now() - start });
      },
      sendMessage: async (arn, body, attributes = {}) => {
        meet(arn);
        sent.push({ arn, body, attributes });
      },
    },
    refusalOf: options.refusalOf ?? (() => undefined),
  });
  const buses = createEventBuses({
    ...common,
    ...{ rules, buses: names, region: 'eu-central-1', accountId: '123456789012', delivery },
  });
  const schedules = startSchedules({ rules, schedules: declared, delivery, clock, since: start });
  try {
    await act({
      ...{ clock, invoked, sent, metrics, logs, buses, schedules },
      put: ({ Detail = {}, ...entry } = {}) =>
        buses.put([
          Entry.parse({ Source: 'shop', DetailType: 'placed', Detail: JSON.stringify(Detail), ...entry }),
        ]),
      sum: (metric) =>
        metrics.filter(({ name }) => name === metric).reduce((total, { value }) => total + value, 0),
    });
  } finally {
    schedules.stop();
    delivery.stop();
    await clock.advance(0);
  }
}

export const away = () => new Error('The target is away');
export const gone = () => new UndeliverableError('NO_RESOURCE', 'The target is gone');
