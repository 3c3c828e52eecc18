import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { compiledService } from '../../../tests/support/compiled-service.ts';
import {
  fanOutBill,
  idleBill,
  limits,
  plainFanOutBill,
  postBill,
  type Settings,
  streamBatch,
  total,
} from '../../cost/index.ts';

const document = readFileSync(new URL('../../../docs/cost-and-capacity.md', import.meta.url), 'utf8');
const MILLION: Settings = { postsPerDay: 1e6, windowSeconds: 0, tracing: true, logsEvents: true };
const dollars = (usd: number): string => `$${usd.toFixed(2)}`;

test.each([
  ['dev', {}, '`dev`'],
  ['prod', {}, '`prod`'],
  ['prod', { customerKey: 'create' }, '`customerKey=create`'],
  ['prod', { archive: 'on' }, '`archive=on`'],
  ['prod', { search: 'opensearch' }, '`search=opensearch`'],
])(
  'an idle %s with %j costs what the document says',
  async (stage, parameters, name) => {
    const { template } = await compiledService(stage, parameters, { withCode: false });
    const usd = total(idleBill(template));
    expect(document).toContain(`| ${name} | ${dollars(usd)} |`);
    // By list prices, with everything that may be billed billed.
    if (Object.keys(parameters).length === 0) expect(usd).toBeLessThanOrEqual(6);
  },
  120_000,
);

test('a million posts a day cost what the document says', () => {
  for (const windowSeconds of [0, 1, 5]) {
    const settings = { ...MILLION, windowSeconds };
    const [post, own, plain] = [postBill, fanOutBill, plainFanOutBill].map((bill) => total(bill(settings)));
    const row = [post, own, plain].map((usd) => `$${Math.round(usd ?? 0)}`).join(' | ');
    expect(document).toContain(`| ${windowSeconds} s | ${row} |`);
  }
});

test('a bill worked out by hand', () => {
  // 30.4 million messages to each of three queues: sent, received and deleted one by one.
  expect(fanOutBill(MILLION).SQS).toBeCloseTo(30.4 * 3 * 3 * 0.4, 6);
  // Four writes of posts table and index, one notification, twelve of the search index; 2.5 reads.
  expect(postBill(MILLION).DynamoDB).toBeCloseTo(30.4 * (17 * 0.625 + 2.5 * 0.125), 6);
  expect(plainFanOutBill(MILLION).SNS).toBeCloseTo(30.4 * 2 * 0.5, 6);
});

test('an average batch is what a simulation of polls brings', () => {
  for (const recordsPerSecond of [1, 20, 200]) {
    // Arrivals at random in 4 shards, each asked four times a second; polls that find nothing invoke nothing.
    const perPoll = recordsPerSecond / 16;
    let [batches, records, next] = [0, 0, 0];
    for (let poll = 0; poll < 100_000; poll += 1) {
      const before = records;
      while (next < poll + 1) {
        records += 1;
        next += -Math.log(1 - Math.random()) / perPoll;
      }
      if (records > before) batches += 1;
    }
    expect(streamBatch(recordsPerSecond, 0) / (records / batches)).toBeCloseTo(1, 1);
  }
});

test('more posts never cost less, and a window never costs more', () => {
  const posts = fc.integer({ min: 1, max: 1e8 });
  fc.assert(
    fc.property(posts, posts, fc.constantFrom(0, 1, 5), (one, other, windowSeconds) => {
      const [less, more] = [one, other].toSorted((a, b) => a - b);
      const at = (postsPerDay = 0, window = windowSeconds) =>
        total(fanOutBill({ ...MILLION, postsPerDay, windowSeconds: window }));
      expect(at(less)).toBeLessThanOrEqual(at(more) + 1e-9);
      expect(at(more)).toBeLessThanOrEqual(at(more, 0) + 1e-9);
    }),
  );
});

test('the document lists what binds, at the rates and in the order of the calculator', () => {
  const listed = [...document.matchAll(/^\| ([\d,]+) \| (.+?) \| .+ \|$/gm)].map(([, rate = '', what]) => [
    what,
    Number(rate.replaceAll(',', '')),
  ]);
  expect(listed).toEqual(limits().map(([what, rate]) => [what, Math.floor(Number(rate))]));
});
