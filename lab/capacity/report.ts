import { type Column, readable, tableLines } from '../../ops/table.ts';
import type { Limit } from './limits.ts';
import { quotaOf } from './quotas.ts';
import type { Load, QueueLoad, Road } from './road.ts';

const right = <Row>(title: string, of: (row: Row) => string): Column<Row> => ({ title, of, align: 'right' });

const percent = (share: number): string => `${readable(share * 100)} %`;

const LOADS: readonly Column<Load>[] = [
  { title: 'function', of: ({ functionKey }) => functionKey },
  right('MB', ({ memoryMegabytes }) => `${memoryMegabytes}`),
  right('in/s', ({ ratePerSecond }) => readable(ratePerSecond)),
  right('batch', ({ batch }) => readable(batch)),
  right('invocations/s', ({ invocationsPerSecond }) => readable(invocationsPerSecond)),
  right('ms each', ({ milliseconds }) => readable(milliseconds)),
  right('concurrent', ({ concurrency }) => readable(concurrency)),
];

const QUEUES: readonly Column<QueueLoad>[] = [
  { title: 'queue of', of: ({ functionKey }) => functionKey },
  right('messages/s', ({ ratePerSecond }) => readable(ratePerSecond)),
  right('most/s', ({ mostPerSecond }) => readable(mostPerSecond)),
  right('used', ({ utilisation }) => percent(utilisation)),
  right('receives/message', ({ receivesPerMessage }) => readable(receivesPerMessage)),
  right('needs concurrency', ({ pollersNeeded }) => `${Math.ceil(pollersNeeded)}`),
];

const KINDS = {
  setting: 'a setting of this service',
  quota: 'a quota, raised on request',
  fixed: 'fixed',
} as const;

const LIMITS: readonly Column<Limit>[] = [
  right('binds at posts/s', ({ bindsAt }) => readable(bindsAt)),
  right('used', ({ used, limit }) => percent(used / limit)),
  right('limit', ({ limit }) => readable(limit)),
  { title: 'what', of: ({ what }) => what },
  { title: 'is', of: ({ kind }) => KINDS[kind] },
];

/** From so many times a default quota on nobody raises it by a form. */
const MUCH = 10;

/** What a rate asks for, for people. */
export const capacityLines = (road: Road, limits: readonly Limit[]): string[] => {
  const { stream, postsPerSecond } = road;
  const remedies = [...new Set(limits.map(({ remedy }) => remedy).filter(Boolean))];
  const seconds =
    (Math.max(...[road.api, stream, ...road.queues].map(({ concurrency }) => concurrency)) /
      quotaOf('lambdaScalingPer10Seconds').value) *
    10;
  return [
    `${readable(postsPerSecond)} posts a second, each published and approved, steadily:`,
    '',
    `stream   ${readable(stream.shards)} shards (estimated), ${readable(stream.ratePerSecond)} records/s; each takes ${readable(stream.mostPerSecond / stream.shards)}/s, ${percent(stream.utilisation)} used`,
    `topic    ${readable(road.messagesPerSecond)} messages/s in ${readable(stream.invocationsPerSecond * Math.ceil(stream.batch / 10))} calls/s`,
    `Lambda   ${readable(road.concurrency)} concurrent invocations, ${readable(road.invocationsPerSecond)}/s; from none to these in ${readable(seconds)} s`,
    '',
    ...tableLines([road.api, stream, ...road.queues], LOADS),
    '',
    ...tableLines(road.queues, QUEUES),
    '',
    'What binds, first to last:',
    ...tableLines(limits, LIMITS),
    '',
    ...(remedies.length === 0
      ? ['Nothing to ask for: everything has headroom.']
      : ['To do before that, with headroom:', ...remedies.map((remedy) => `- ${remedy}`)]),
    ...(limits.some(({ kind, used, limit }) => kind === 'quota' && used > MUCH * limit)
      ? [
          '',
          `More than ${MUCH} times a default quota is a talk with AWS, or cells: several accounts, users spread over them.`,
        ]
      : []),
  ];
};
