import { type Column, readable, tableLines } from '../../ops/table.ts';
import type { Bill } from './bill.ts';
import { sum } from './bill.ts';
import { type Comparison, GOAL, type Options, type WindowComparison } from './compare.ts';
import type { Crossing } from './crossing.ts';
import type { MemoryChoice } from './memory.ts';
import { pricesFile } from './prices.ts';

const right = <Row>(title: string, of: (row: Row) => string): Column<Row> => ({ title, of, align: 'right' });

export const dollars = (usd: number): string =>
  `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;

const PARTS = { post: 'the post itself', 'fan-out': 'fan-out', idle: 'what idles' } as const;

const crossingText = (crossings: readonly Crossing[]): string =>
  crossings.length === 0
    ? 'never'
    : crossings.map(({ at, becomes }) => `${becomes} from ${readable(Number(at.toPrecision(3)))}`).join(', ');

const WINDOWS: readonly Column<WindowComparison>[] = [
  right('window, s', ({ windowSeconds }) => `${windowSeconds}`),
  right('fan-out', ({ fanOut }) => dollars(fanOut)),
  right('against plain', ({ ratios }) => times(ratios.fanOut)),
  right('whole bill', ({ whole }) => dollars(whole)),
  right('against plain', ({ ratios }) => times(ratios.whole)),
  { title: "crosses the plain design's, posts a day", of: ({ crossings }) => crossingText(crossings) },
  { title: `crosses ${GOAL} of it`, of: ({ goalCrossings }) => crossingText(goalCrossings) },
];

interface Row {
  name: string;
  own: number;
  plain: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'a month', of: ({ name }) => name },
  right('broadcast', ({ own }) => dollars(own)),
  right('plain', ({ plain }) => dollars(plain)),
  right('×', ({ own, plain }) => (plain === 0 ? '' : (own / plain).toFixed(2))),
];

const pricesUsed = ({ lines }: Bill): Map<string, number> =>
  new Map(
    [...Map.groupBy(lines, ({ part, price }) => `${part} ${price}`)].map(([key, group]) => [
      key,
      sum(group.map(({ usd }) => usd)),
    ]),
  );

/** The lines of the fan-out, which is where the designs differ, by what is paid for. */
const fanOutRows = ({ bills }: Comparison): Row[] => {
  const [own, plain] = [pricesUsed(bills.broadcast), pricesUsed(bills.plain)];
  return pricesFile.prices
    .map(({ id, service }) => ({
      name: `${service}: ${id}`,
      own: own.get(`fan-out ${id}`) ?? 0,
      plain: plain.get(`fan-out ${id}`) ?? 0,
    }))
    .filter(({ own: mine, plain: theirs }) => mine + theirs > 0);
};

/** What the numbers stand on, in a few lines. */
const basisLines = ({ freeTier, sendsAreBilled }: Options): string[] => {
  const secondary = pricesFile.prices.filter(({ primary }) => !primary).length;
  return [
    `Prices of ${pricesFile.region}, ${freeTier ? 'less the free tiers' : 'without free tiers'}; ${secondary} of ${pricesFile.prices.length} were read in somebody else's words: lab/cost/prices.json`,
    `has each with AWS's page. A message that SNS puts into a queue counts as ${sendsAreBilled ? 'a request of SQS, the dearer reading (--topic-sends free: as nothing)' : 'nothing, the cheaper reading'}.`,
    'Posts come evenly over the day, each published and approved. Not in it: what is stored, read, or sent to devices,',
    'and data that leaves AWS; they are the same in both designs.',
  ];
};

/** The bill and the comparison, for people. */
export const costLines = (comparison: Comparison, options: Options): string[] => {
  const { bills, postsPerDay } = comparison;
  const services = new Set([
    ...Object.keys(bills.broadcast.byService),
    ...Object.keys(bills.plain.byService),
  ]);
  const rows = (
    names: Iterable<string>,
    own: Readonly<Record<string, number>>,
    plain: Readonly<Record<string, number>>,
    titles: Readonly<Record<string, string>> = {},
  ): Row[] =>
    [...names]
      .map((name) => ({ name: titles[name] ?? name, own: own[name] ?? 0, plain: plain[name] ?? 0 }))
      .toSorted((a, b) => b.own - a.own);
  const total: Row = { name: 'together', own: bills.broadcast.total, plain: bills.plain.total };
  return [
    `${readable(postsPerDay)} posts a day. Plain: one publish for each record, the topic invokes each subscriber with each message.`,
    '',
    ...tableLines([...rows(services, bills.broadcast.byService, bills.plain.byService), total], COLUMNS),
    '',
    ...tableLines(rows(Object.keys(PARTS), bills.broadcast.byPart, bills.plain.byPart, PARTS), COLUMNS),
    '',
    'The fan-out, from the stream to the subscribers’ work:',
    ...tableLines(fanOutRows(comparison), COLUMNS),
    '',
    'By batching window (parameter batchingWindow):',
    ...tableLines(comparison.windows, WINDOWS),
    '',
    ...basisLines(options),
  ];
};

/** What each variant costs while nothing happens. */
export const idleLines = (variants: readonly { name: string; bill: Bill }[], options: Options): string[] => {
  const whats = [...new Set(variants.flatMap(({ bill }) => bill.lines.map(({ what }) => what)))];
  return [
    'A month in which nothing is posted:',
    '',
    ...tableLines(variants, [
      { title: 'variant', of: ({ name }) => name },
      ...whats.map((what) =>
        right<(typeof variants)[number]>(what, ({ bill }) => {
          const lines = bill.lines.filter((line) => line.what === what);
          return lines.length === 0 ? '' : dollars(sum(lines.map(({ usd }) => usd)));
        }),
      ),
      right('together', ({ bill }) => dollars(bill.total)),
    ]),
    '',
    `Metric alarms: ${variants.map(({ name, bill }) => `${bill.lines.find(({ price }) => price === 'alarm')?.quantity ?? 0} of ${name}`).join(', ')}.`,
    `Prices ${options.freeTier ? 'less the free tiers' : 'without free tiers'}: lab/cost/prices.json. Stored data comes on top: tables $0.25 a GB and $0.20 for recovery.`,
  ];
};

/** Each function in each size, for people. */
export const memoryLines = (choices: readonly MemoryChoice[]): string[] => [
  'Milliseconds of an invocation, and dollars for the compute of a million records; * as it is set:',
  '',
  ...tableLines(choices, [
    { title: 'function', of: ({ functionKey }) => functionKey },
    right('MB', ({ memoryMegabytes, chosen }) => `${memoryMegabytes}${chosen ? ' *' : '  '}`),
    right('ms, one', ({ millisecondsOfOne }) => readable(millisecondsOfOne)),
    right('$, by ones', ({ usdOfOnes }) => usdOfOnes.toFixed(2)),
    right('full batch', ({ batchSize }) => `${batchSize}`),
    right('ms, full', ({ millisecondsOfABatch }) => readable(millisecondsOfABatch)),
    right('$, by full batches', ({ usdOfBatches }) => usdOfBatches.toFixed(2)),
  ]),
];
