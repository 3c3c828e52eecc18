import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { MetricSink } from '../metrics/metric.ts';
import { busNameIn, type Rule } from './definitions.ts';
import type { Delivery } from './delivery.ts';
import { type BusEvent, targetText } from './target-input.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
export const PutEventsEntry = z.object({
  Time: z.number().optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string()).default([]),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
});
export type PutEventsEntry = z.infer<typeof PutEventsEntry>;

/** What became of an entry. */
export type PutEventsResult =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

export interface EventBuses {
  /**
   * Takes events and hands each to the targets of the rules that match it: resolves when they have it, or wait to be tried
   * again. An entry that is refused does not keep the others.
   */
  put(entries: readonly PutEventsEntry[], byService?: boolean): Promise<PutEventsResult[]>;
}

const refuse = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false; // Answered as MalformedDetail.
  }
};

/** Why an entry is not taken. @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
const refusalOf = (entry: PutEventsEntry, byService: boolean) => {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name])
      return refuse(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      );
  }
  if (!isJsonObject(entry.Detail ?? '')) return refuse('MalformedDetail', 'Detail is malformed.');
  if (!byService && entry.Source?.startsWith('aws.'))
    return refuse('NotAuthorizedForSourceException', 'Not authorized for the source.');
  return undefined;
};

const withoutMilliseconds = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/**
 * The event buses of a stack with their rules.
 * @param options.buses the ARNs of those that the template declares; there is always the default one
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-what-is-how-it-works-concepts.html
 */
export const createEventBuses = (options: {
  rules: readonly Rule[];
  buses: readonly string[];
  region: string;
  accountId: string;
  delivery: Pick<Delivery, 'deliver'>;
  clock: Clock;
  metrics: MetricSink;
  log: (level: 'warn', message: string) => void;
}): EventBuses => {
  const { rules, region, accountId, delivery, clock, metrics, log } = options;
  const buses = new Set(['default', ...options.buses.map(busNameIn)]);

  const match = async (bus: string, event: BusEvent): Promise<void> => {
    const matching = rules.filter(
      ({ busArn, enabled, matches }) => enabled && busNameIn(busArn) === bus && matches?.(event),
    );
    const ingestionTime = new Date(clock.now()).toISOString();
    await Promise.all(
      matching.flatMap((rule) => {
        for (const name of ['MatchedEvents', 'TriggeredRules'] as const)
          metrics({
            ...{ namespace: 'AWS/Events', name, dimensions: { RuleName: rule.name } },
            ...{ value: 1, unit: 'Count', timestamp: clock.now() },
          });
        const context = { ruleArn: rule.arn, ruleName: rule.name, ingestionTime };
        return rule.targets.map((target) =>
          delivery.deliver(rule, target, () => targetText(target.input, event, context)),
        );
      }),
    );
  };

  const putOne = async (entry: PutEventsEntry, byService: boolean): Promise<PutEventsResult> => {
    const refusal = refusalOf(entry, byService);
    if (refusal) return refusal;
    const { Time, Source = '', DetailType = '', Detail = '{}', Resources, EventBusName } = entry;
    const id = randomUUID();
    const bus = busNameIn(EventBusName);
    if (!buses.has(bus)) {
      // EventBridge takes the event all the same, and nobody gets it.
      log('warn', `an event of ${Source} went to the event bus ${bus}, which the template does not declare`);
      return { EventId: id };
    }
    await match(bus, {
      ...{ version: '0', id, 'detail-type': DetailType, source: Source, account: accountId },
      time: withoutMilliseconds(Time === undefined ? clock.now() : Time * 1_000),
      ...{ region, resources: Resources, detail: JSON.parse(Detail) },
    });
    return { EventId: id };
  };

  return {
    put: async (entries, byService = false) => {
      const results: PutEventsResult[] = [];
      // In the order of the request.
      for (const entry of entries) results.push(await putOne(entry, byService));
      return results;
    },
  };
};
