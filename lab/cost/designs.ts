import { invocationModel, loopMilliseconds, unitsOfARecord } from '../capacity/durations.ts';
import type { Facts } from '../capacity/facts.ts';
import type { Measured } from '../capacity/measured.ts';
import { type MappingModel, MOST_RECEIVED, streamModel } from '../capacity/model.ts';
import { behaviourOf } from '../capacity/quotas.ts';
import { type Load, type Road, roadOf } from '../capacity/road.ts';
import { CHANGES_OF_A_POST } from '../capacity/workload.ts';
import type { Part, Use } from './bill.ts';
import { emptyReceivesPerSecond, idleUses, secondsOfAMonth } from './idle.ts';
import { assumed } from './prices.ts';

/** This service, or: a publish for each record, and the topic invoking each subscriber with each message. */
export const DESIGNS = ['broadcast', 'plain'] as const;
export type Design = (typeof DESIGNS)[number];

const DAY = 86_400;
const GB = 1e9;
const MEGABYTES_OF_A_GB = 1_024;
/** Messages of one publish call. */
const MOST_PUBLISHED = 10;

/** Traces a second that Lambda records of a function: the first of each second and a share of the others. */
const tracesPerSecond = ({ tracing }: Facts, invocationsPerSecond: number): number => {
  if (!tracing) return 0;
  const reservoir = Math.min(invocationsPerSecond, behaviourOf('tracesReservoirPerSecond'));
  return reservoir + (invocationsPerSecond - reservoir) * behaviourOf('tracesShareBeyond');
};

/** Calls for a batch of this average size: sizes lie on both sides of it, unless batches are as full as they get. */
const callsOf = (batch: number, batchSize: number): number =>
  batch >= batchSize ? Math.ceil(batch / MOST_PUBLISHED) : Math.max(1, batch / MOST_PUBLISHED + 0.5);

/** Everything that an invocation costs by itself. */
const invocationUses = (
  part: Part,
  { functionKey, memoryMegabytes }: Pick<Load, 'functionKey' | 'memoryMegabytes'>,
  invocationsPerSecond: number,
  { milliseconds, logBytes, lines }: { milliseconds: number; logBytes: number; lines: number },
): Use[] => {
  const month = secondsOfAMonth();
  const invocations = invocationsPerSecond * month;
  // Lambda bills started milliseconds, half of one more on average.
  const gbSeconds = (invocations * (milliseconds + 0.5) * memoryMegabytes) / MEGABYTES_OF_A_GB / 1_000;
  const bytes = invocations * (assumed('platformLogBytes') + logBytes + lines * assumed('bytesAddedToALine'));
  return [
    { part, price: 'lambdaRequest', what: functionKey, quantity: invocations },
    { part, price: 'lambdaGbSecond', what: functionKey, quantity: gbSeconds },
    ...logUses(part, functionKey, bytes),
  ];
};

/** Lines of an invocation: of each event, and of metrics. */
const linesOf = ({ logsEvents }: Facts, records: number, metrics: number): number =>
  (logsEvents ? records : 0) + metrics;

const logUses = (part: Part, what: string, bytes: number, days = assumed('daysOfAMonth')): Use[] => [
  { part, price: 'logGb', what, quantity: bytes / GB },
  {
    part,
    price: 'logGbMonth',
    what,
    quantity: ((bytes / GB) * assumed('logCompression') * days) / assumed('daysOfAMonth'),
  },
];

/** What a post costs in any design: its request, and everything that functions write and read for it. */
const postUses = (facts: Facts, measured: Measured, road: Road): Use[] => {
  const month = secondsOfAMonth();
  const { postsPerSecond, api, tables } = road;
  const accessLog = postsPerSecond * month * (assumed('accessLogBytes') + assumed('bytesAddedToALine'));
  const comprehends =
    JSON.stringify(facts.resources.ContentModerationLambdaFunction ?? {}).includes('comprehend') &&
    facts.queues.some(({ functionKey }) => functionKey === 'contentModeration');
  return [
    { part: 'post', price: 'apiRequest', what: 'POST /posts', quantity: postsPerSecond * month },
    ...logUses('post', 'access log', accessLog, facts.logRetentionDays),
    ...invocationUses('post', api, api.invocationsPerSecond, {
      milliseconds: api.milliseconds,
      logBytes: invocationModel(measured, api.functionKey).logBytes(1, facts.logsEvents),
      lines: linesOf(facts, 1, 0),
    }),
    {
      part: 'post',
      price: 'trace',
      what: 'createPost',
      quantity: tracesPerSecond(facts, api.invocationsPerSecond) * month,
    },
    ...tables.flatMap(({ id, writeUnits, readUnits }): Use[] => [
      { part: 'post', price: 'writeUnit', what: id, quantity: writeUnits * month },
      { part: 'post', price: 'readUnit', what: id, quantity: readUnits * month },
    ]),
    {
      part: 'post',
      price: 'customMetric',
      what: 'metrics of the route',
      quantity: assumed('metricsOfARoute'),
    },
    {
      part: 'post',
      price: 'comprehendUnit',
      what: 'toxicity and language',
      quantity: comprehends
        ? 2 * Math.max(3, Math.ceil(assumed('charactersOfAPost') / 100)) * postsPerSecond * month
        : 0,
    },
  ];
};

/** Metrics that the functions write themselves: three of the broadcaster, one a kind of change, one a subscriber. */
const metricUses = (road: Road, mappings: number): Use[] => [
  {
    part: 'fan-out',
    price: 'customMetric',
    what: "functions' own metrics",
    quantity: 3 + CHANGES_OF_A_POST.length + road.queues.length,
  },
  {
    part: 'fan-out',
    price: 'customMetric',
    what: 'further event counts of mappings at work',
    quantity: mappings * (assumed('metricsOfABusyMapping') - assumed('metricsOfAnIdleMapping')),
  },
];

const dataKeyUse = (facts: Facts): Use => ({
  part: 'fan-out',
  price: 'keyRequest',
  what: 'data keys of the topic',
  quantity: facts.topicKey ? (2 * secondsOfAMonth()) / assumed('dataKeySeconds') : 0,
});

const broadcastUses = (facts: Facts, measured: Measured, road: Road): Use[] => {
  const month = secondsOfAMonth();
  const { stream, queues } = road;
  const broadcaster = invocationModel(measured, stream.functionKey);
  return [
    ...invocationUses('fan-out', stream, stream.invocationsPerSecond, {
      milliseconds: stream.milliseconds,
      logBytes: broadcaster.logBytes(stream.batch, facts.logsEvents),
      lines: linesOf(facts, stream.batch, 2),
    }),
    {
      part: 'fan-out',
      price: 'topicRequest',
      what: 'PublishBatch',
      quantity: stream.invocationsPerSecond * callsOf(stream.batch, facts.stream.batchSize) * month,
    },
    ...queues.flatMap((queue): Use[] => {
      const { functionKey, ratePerSecond, batch, invocationsPerSecond } = queue;
      const requests =
        ratePerSecond * queue.receivesPerMessage +
        invocationsPerSecond * Math.ceil(batch / MOST_RECEIVED) +
        emptyReceivesPerSecond(queue, ratePerSecond) -
        // Already among what idles.
        emptyReceivesPerSecond(queue, 0);
      return [
        { part: 'fan-out', price: 'queueSendByTopic', what: functionKey, quantity: ratePerSecond * month },
        {
          part: 'fan-out',
          price: 'queueRequest',
          what: functionKey,
          quantity: Math.max(0, requests * month),
        },
        ...invocationUses('fan-out', queue, invocationsPerSecond, {
          milliseconds: queue.milliseconds,
          logBytes: invocationModel(measured, functionKey).logBytes(batch, facts.logsEvents),
          lines: linesOf(facts, batch, 1),
        }),
        // A queue's invocation begins a trace of its own, linked to those of its messages.
        {
          part: 'fan-out',
          price: 'trace',
          what: functionKey,
          quantity: tracesPerSecond(facts, invocationsPerSecond) * month,
        },
        {
          part: 'fan-out',
          price: 'putObject',
          what: functionKey,
          quantity: (unitsOfARecord(measured, functionKey).calls.PUT ?? 0) * invocationsPerSecond * month,
        },
      ];
    }),
    {
      part: 'fan-out',
      price: 'trace',
      what: stream.functionKey,
      quantity: tracesPerSecond(facts, stream.invocationsPerSecond) * month,
    },
    ...metricUses(road, 1 + facts.queues.length),
    dataKeyUse(facts),
  ];
};

/** The loop's mapping, with as few lanes as keep up: fewer and larger batches are cheaper. */
const loopOf = (facts: Facts, measured: Measured, { messagesPerSecond, stream }: Road): MappingModel => {
  const modelOf = (lanesPerShard: number) =>
    streamModel(messagesPerSecond, { ...facts.stream, shards: stream.shards, lanesPerShard }, (records) =>
      loopMilliseconds(measured, records, stream.memoryMegabytes),
    );
  const lanes = Math.max(facts.stream.parallelizationFactor, Math.ceil(modelOf(1).utilisation));
  return modelOf(lanes);
};

/** The same functions with the same memory, logs, metrics and traces, without batches after the stream. */
const plainUses = (facts: Facts, measured: Measured, road: Road): Use[] => {
  const month = secondsOfAMonth();
  const { queues } = road;
  const stream = { ...road.stream, ...loopOf(facts, measured, road) };
  return [
    ...invocationUses('fan-out', stream, stream.invocationsPerSecond, {
      milliseconds: loopMilliseconds(measured, stream.batch, stream.memoryMegabytes),
      logBytes: invocationModel(measured, stream.functionKey).logBytes(stream.batch, facts.logsEvents),
      lines: linesOf(facts, stream.batch, 2),
    }),
    { part: 'fan-out', price: 'topicRequest', what: 'Publish', quantity: road.messagesPerSecond * month },
    ...queues.flatMap((queue): Use[] => {
      const model = invocationModel(measured, queue.functionKey);
      return [
        ...invocationUses('fan-out', queue, queue.ratePerSecond, {
          milliseconds: model.milliseconds(1, queue.memoryMegabytes),
          logBytes: model.logBytes(1, facts.logsEvents),
          lines: linesOf(facts, 1, 1),
        }),
        {
          part: 'fan-out',
          price: 'putObject',
          what: queue.functionKey,
          quantity:
            (unitsOfARecord(measured, queue.functionKey).calls.PUT ?? 0) * queue.ratePerSecond * month,
        },
      ];
    }),
    // The topic hands its trace on: its subscribers go on with the broadcaster's, which counts once.
    {
      part: 'fan-out',
      price: 'trace',
      what: stream.functionKey,
      quantity: tracesPerSecond(facts, stream.invocationsPerSecond) * month,
    },
    ...metricUses(road, 1),
    dataKeyUse(facts),
  ];
};

const ALARMS_OF_QUEUES = ['oldest message'];

/** What idles of the plain design: no queues that are polled, and not their alarms. */
const plainIdleUses = (facts: Facts): Use[] => {
  const queueAlarms = Object.values(facts.resources).filter(
    ({ Type, Metadata }) =>
      Type === 'AWS::CloudWatch::Alarm' && ALARMS_OF_QUEUES.includes(String(Metadata?.kind)),
  ).length;
  return idleUses({ ...facts, queues: [] }).map((use) => {
    if (use.price === 'alarm') return { ...use, quantity: use.quantity - queueAlarms };
    if (use.price === 'customMetric') return { ...use, quantity: use.quantity - facts.queues.length };
    return use;
  });
};

/**
 * What a month of so many posts a day uses, evenly over the day.
 * @param postsPerDay 0 for what idles
 */
export const usesOf = (design: Design, facts: Facts, measured: Measured, postsPerDay: number): Use[] => {
  const idle = design === 'broadcast' ? idleUses(facts) : plainIdleUses(facts);
  if (postsPerDay === 0) return idle;
  const road = roadOf(facts, measured, postsPerDay / DAY);
  const fanOut = design === 'broadcast' ? broadcastUses : plainUses;
  return [...postUses(facts, measured, road), ...fanOut(facts, measured, road), ...idle];
};

/** The same service with another `batchingWindow`, in seconds; a subscriber with a window of its own keeps it. */
export const withWindows = (facts: Facts, windowSeconds: number): Facts => ({
  ...facts,
  stream: { ...facts.stream, windowSeconds },
  queues: facts.queues.map((queue) =>
    queue.windowSeconds === facts.stream.windowSeconds ? { ...queue, windowSeconds } : queue,
  ),
});
