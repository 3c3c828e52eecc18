import { invocationModel } from './durations.ts';
import type { Facts } from './facts.ts';
import type { Measured } from './measured.ts';
import { behaviourOf, type Quota, quotaOf } from './quotas.ts';
import { type Road, roadOf } from './road.ts';

/** Who can lift a limit: this service's own settings, AWS on request, or nobody. */
export type Kind = 'setting' | 'quota' | 'fixed';

/** Something that ends the growth, and how far it goes. */
export interface Limit {
  id: string;
  kind: Kind;
  what: string;
  limit: number;
  /** What a rate asks of it, in the limit's unit. */
  used: number;
  /** Posts a second at which it is used up. */
  bindsAt: number;
  /** What to do to pass the rate, empty when the rate leaves headroom. */
  remedy: string;
}

interface Rule {
  id: string;
  kind: Kind;
  what: string;
  limit: number;
  used: (road: Road) => number;
  remedy: (needed: number) => string;
}

const whole = (value: number): string => Math.ceil(value).toLocaleString('en-US');

const asking = (quota: Quota, needed: number): string =>
  `ask AWS: ${quota.service}, ${quota.what}: ${whole(needed)}${quota.code ? ` (${quota.code})` : ''}`;

const ofQuota = (id: string, used: Rule['used'], more: Partial<Rule> = {}): Rule => {
  const quota = quotaOf(id);
  return {
    id,
    kind: quota.adjustable ? 'quota' : 'fixed',
    what: `${quota.service}: ${quota.what}`,
    limit: quota.value,
    used,
    remedy: (needed) => asking(quota, needed),
    ...more,
  };
};

const rulesOf = (
  facts: Facts,
  measured: Measured,
  region: { topicMessages?: number | undefined },
): Rule[] => {
  const broadcaster = invocationModel(measured, facts.stream.functionKey);
  const { memoryMegabytes = 0 } = facts.functions[facts.stream.functionKey] ?? {};
  const lanePerSecond =
    facts.stream.batchSize / (broadcaster.milliseconds(facts.stream.batchSize, memoryMegabytes) / 1_000);
  const tableRules = (road: Road): Rule[] =>
    road.tables
      .filter(({ writeUnits }) => writeUnits > 0)
      .flatMap(({ id }) => {
        const used = (at: Road) => at.tables.find((table) => table.id === id)?.ofTheTable ?? 0;
        const { maxWriteUnits } = facts.tables[id] ?? {};
        return [
          ofQuota('newTableWriteUnits', used, {
            id: `newTableWriteUnits ${id}`,
            what: `DynamoDB: write units a second that ${id} takes while it is new`,
            remedy: (needed) =>
              `let ${id} grow (it doubles within 30 minutes), or set its WarmThroughput to ${whole(needed)} beforehand`,
          }),
          ofQuota('tableWriteUnits', used, {
            id: `tableWriteUnits ${id}`,
            what: `DynamoDB: write units a second of ${id}`,
            remedy: (needed) => `ask AWS: DynamoDB, write request units a second of ${id}: ${whole(needed)}`,
          }),
          ...(maxWriteUnits === undefined
            ? []
            : [
                {
                  id: `maxWriteUnits ${id}`,
                  kind: 'setting' as const,
                  what: `parameter maxWriteUnits, ${id}`,
                  limit: maxWriteUnits,
                  used,
                  remedy: (needed: number) => `--param maxWriteUnits=${Math.ceil(needed)}, or without it`,
                },
              ]),
        ];
      });
  const queueRules = (road: Road): Rule[] =>
    road.queues.flatMap(({ functionKey, maximumConcurrency }) => {
      const used = (at: Road) =>
        at.queues.find((queue) => queue.functionKey === functionKey)?.pollersNeeded ?? 0;
      const most = quotaOf('queueMaximumConcurrency');
      return [
        {
          id: `concurrency ${functionKey}`,
          kind: 'setting' as const,
          what: `parameter concurrency, ${functionKey}`,
          limit: maximumConcurrency ?? most.value,
          used,
          remedy: (needed: number) =>
            needed <= most.value
              ? `--param concurrency=${Math.ceil(needed)}`
              : `ProvisionedPollerConfig in place of ScalingConfig for ${functionKey}`,
        },
        ofQuota('queueMaximumConcurrency', used, {
          id: `queueMaximumConcurrency ${functionKey}`,
          what: `Lambda: ${most.what}, ${functionKey}`,
          remedy: (needed) => {
            const pollers = Math.ceil(needed / 10);
            return pollers <= quotaOf('provisionedPollers').value
              ? `ProvisionedPollerConfig for ${functionKey}: ${whole(pollers)} pollers`
              : `several queues for ${functionKey}, by a filter policy each`;
          },
        }),
      ];
    });

  const somewhere = roadOf(facts, measured, 1);
  return [
    {
      id: 'apiRateLimit',
      kind: 'setting',
      what: 'parameter apiRateLimit: requests a second to POST /posts',
      limit: facts.routeRateLimit,
      used: ({ postsPerSecond }) => postsPerSecond,
      remedy: (needed) => `--param apiRateLimit=${Math.ceil(needed)} (and apiBurstLimit)`,
    },
    ofQuota('apiRequests', ({ postsPerSecond }) => postsPerSecond),
    {
      id: 'lanes',
      kind: 'setting',
      what: 'parallelizationFactor of the broadcaster: lanes a shard',
      limit: facts.stream.parallelizationFactor,
      used: ({ stream }) => stream.ratePerSecond / stream.shards / lanePerSecond,
      remedy: (needed) => `parallelizationFactor: ${Math.ceil(needed)} in functions/broadcaster/function.yml`,
    },
    ofQuota('parallelizationFactor', ({ stream }) => stream.ratePerSecond / stream.shards / lanePerSecond, {
      remedy: () => 'more memory or a larger batch for the broadcaster: no more than ten lanes a shard',
    }),
    ofQuota('lambdaConcurrency', ({ concurrency }) => concurrency),
    ofQuota('lambdaConcurrency', ({ invocationsPerSecond }) => invocationsPerSecond, {
      id: 'lambdaRequests',
      what: 'Lambda: invocations a second, ten for each unit of concurrency',
      limit: quotaOf('lambdaConcurrency').value * quotaOf('lambdaRequestsPerConcurrency').value,
      remedy: (needed) =>
        asking(quotaOf('lambdaConcurrency'), needed / quotaOf('lambdaRequestsPerConcurrency').value),
    }),
    ofQuota('topicMessages', ({ messagesPerSecond }) => messagesPerSecond, {
      limit: region.topicMessages ?? quotaOf('topicMessages').value,
    }),
    ofQuota('queueInFlight', ({ queues }) =>
      Math.max(0, ...queues.map(({ pollersNeeded, batch }) => pollersNeeded * batch)),
    ),
    ofQuota('partitionWriteUnits', ({ postsPerSecond }) => postsPerSecond, {
      id: 'hotWord',
      what: 'DynamoDB: posts a second that may share one word, a partition of 1,000 write units',
      remedy: () => 'search=opensearch, if every post really shares a word',
    }),
    ...tableRules(somewhere),
    ...queueRules(somewhere),
  ];
};

const MOST_POSTS = 1e9;
const CLOSE = 1e-5;

/** The rate at which `ratio` reaches one; what a rate asks for only rises with it. */
const rateAtOne = (ratio: (postsPerSecond: number) => number): number => {
  let [low, high] = [0, 1];
  while (high < MOST_POSTS && ratio(high) < 1) [low, high] = [high, high * 2];
  if (high >= MOST_POSTS) return Number.POSITIVE_INFINITY;
  while (high - low > CLOSE * high) {
    const middle = (low + high) / 2;
    if (ratio(middle) < 1) low = middle;
    else high = middle;
  }
  return high;
};

/** How much of each limit a rate uses, 1 being all of it. */
export const sharesOf = (facts: Facts, measured: Measured, postsPerSecond: number): Map<string, number> => {
  const road = roadOf(facts, measured, postsPerSecond);
  return new Map(rulesOf(facts, measured, {}).map(({ id, used, limit }) => [id, used(road) / limit]));
};

/**
 * Every limit on the road, the first to bind first.
 * @param region.topicMessages SNS's quota where it is not that of us-east-1
 */
export const limitsOf = (
  facts: Facts,
  measured: Measured,
  postsPerSecond: number,
  region: { topicMessages?: number | undefined } = {},
): Limit[] => {
  const roads = new Map<number, Road>();
  const roadAt = (rate: number): Road => {
    const known = roads.get(rate) ?? roadOf(facts, measured, rate);
    roads.set(rate, known);
    return known;
  };
  const road = roadAt(postsPerSecond);
  return rulesOf(facts, measured, region)
    .map(({ used, remedy, ...rule }): Limit => {
      const now = used(road);
      const needed = now / behaviourOf('headroom');
      return {
        ...rule,
        used: now,
        bindsAt: rateAtOne((rate) => used(roadAt(rate)) / rule.limit),
        remedy: needed > rule.limit ? remedy(needed) : '',
      };
    })
    .toSorted((a, b) => a.bindsAt - b.bindsAt);
};
