import { type Browser, chromium, type Page } from 'playwright-core';
import { type MeasuredStack, onFreshStack } from './support/measured-stack.ts';
import { tablePost, writePosts } from './support/posts.ts';
import { usageOf } from './support/process-family.ts';
import { type Row, runAlone } from './support/row.ts';
import { median } from './support/statistics.ts';

const POSTS = Number(process.env.POSTS ?? 1_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const MEGABYTE = 1024 * 1024;

interface Burst {
  postsPerSecond: number;
  cpuMillisecondsPerPost: number;
}

const burst = async (stack: MeasuredStack): Promise<Burst> => {
  const before = usageOf(stack.processId);
  const startedAt = Date.now();
  await writePosts(
    stack.clients.dynamoDb,
    stack.refOf('PostsTable'),
    Array.from({ length: POSTS }, (_, index) => tablePost(index)),
  );
  const seconds = ((await stack.untilQuiet(120_000)) - startedAt) / 1_000;
  const cpuSeconds = usageOf(stack.processId).cpuSeconds - before.cpuSeconds;
  return { postsPerSecond: POSTS / seconds, cpuMillisecondsPerPost: (cpuSeconds / POSTS) * 1_000 };
};

/** Counts what the page draws until it is asked how many a second that were. Scripts of the page, which has a DOM. */
const COUNT_FRAMES = `
  globalThis.counted = { frames: 0, since: performance.now() };
  (function draw() {
    counted.frames += 1;
    requestAnimationFrame(draw);
  })();
`;
const FRAMES_PER_SECOND = 'counted.frames / ((performance.now() - counted.since) / 1000)';

const heapMegabytes = async (page: Page): Promise<number> => {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / MEGABYTE;
};

interface Opened {
  burst: Burst;
  frames: number;
  heap: number;
}

const burstWithPage = async (browser: Browser, stack: MeasuredStack, name: string): Promise<Opened> => {
  const page = await browser.newPage();
  try {
    await page.goto(`${stack.running.consoleUrl}/#/${name}`);
    await page.getByRole('main').waitFor();
    await page.evaluate(COUNT_FRAMES);
    const measured = await burst(stack);
    return {
      burst: measured,
      frames: await page.evaluate<number>(FRAMES_PER_SECOND),
      heap: await heapMegabytes(page),
    };
  } finally {
    await page.close();
  }
};

/** Of one post: its request's log, a stream record, a message, three deliveries and five invocations at the least. */
const EVENTS_OF_A_POST = 10;
const EVENTS = Number(process.env.EVENTS ?? 100_000);

/** Memory while so many events pass a page that stays open on its list of invocations. */
const memoryOverEvents = async (browser: Browser, stack: MeasuredStack): Promise<Row> => {
  const page = await browser.newPage();
  await page.goto(`${stack.running.consoleUrl}/#/invocations`);
  await page.getByRole('main').waitFor();
  const samples: { heap: number; resident: number }[] = [];
  const bursts = Math.ceil(EVENTS / EVENTS_OF_A_POST / POSTS);
  for (let round = 0; round < bursts; round += 1) {
    await burst(stack);
    samples.push({
      heap: await heapMegabytes(page),
      resident: usageOf(stack.processId).residentMegabytes,
    });
  }
  await page.close();
  const half = (figure: 'heap' | 'resident', first: boolean) => {
    const middle = Math.floor(samples.length / 2);
    return median((first ? samples.slice(0, middle) : samples.slice(middle)).map((one) => one[figure]));
  };
  const [heap, resident] = (['heap', 'resident'] as const).map((figure) => ({
    first: half(figure, true),
    second: half(figure, false),
  }));
  if (!heap || !resident) throw new Error('nothing was measured');
  const growth = resident.second / resident.first;
  return {
    what: `memory over ${EVENTS} events with the console open, second half`,
    against: `first half: page's heap ${heap.first.toFixed(0)} MB, stack ${resident.first.toFixed(0)} MB`,
    measured: `page's heap ${heap.second.toFixed(0)} MB, stack ${resident.second.toFixed(0)} MB`,
    ratio: growth.toFixed(2),
    goal: '≤ 1.10',
    met: growth <= 1.1 && heap.second <= heap.first * 1.1 + 1,
  };
};

const medianOf = (bursts: readonly Burst[], figure: keyof Burst): number =>
  median(bursts.map((one) => one[figure]));

/**
 * What the console costs while posts flow: closed, open on its map, open on its list of invocations, in turns on one
 * stack; then memory while the list stays open. The browser has no core of its own; the CPU column counts the stack's
 * processes only.
 */
export const consolePage = async (): Promise<Row[]> =>
  onFreshStack('console', {}, async (stack) => {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
    try {
      await burst(stack);
      const closed: Burst[] = [];
      const opened: Record<string, Opened[]> = { map: [], invocations: [] };
      for (let round = 0; round < ROUNDS; round += 1) {
        closed.push(await burst(stack));
        for (const [name, measured] of Object.entries(opened))
          measured.push(await burstWithPage(browser, stack, name));
      }
      const base = medianOf(closed, 'postsPerSecond');
      const rows = Object.entries(opened).map(([name, measured]): Row => {
        const bursts = measured.map((one) => one.burst);
        const ratio = medianOf(bursts, 'postsPerSecond') / base;
        const cpu = medianOf(bursts, 'cpuMillisecondsPerPost');
        return {
          what: `posts/s with the console open (${name})`,
          against: `closed: ${base.toFixed(0)} posts/s, ${medianOf(closed, 'cpuMillisecondsPerPost').toFixed(1)} ms of CPU a post`,
          measured:
            `${medianOf(bursts, 'postsPerSecond').toFixed(0)} posts/s, ${cpu.toFixed(1)} ms of CPU a post; ` +
            `${median(measured.map(({ frames }) => frames)).toFixed(0)} frames/s, page's heap ${Math.max(...measured.map(({ heap }) => heap)).toFixed(0)} MB`,
          ratio: ratio.toFixed(2),
          goal: '≥ 0.90',
          met: ratio >= 0.9,
        };
      });
      return [...rows, await memoryOverEvents(browser, stack)];
    } finally {
      await browser.close();
    }
  });

if (import.meta.main) await runAlone(consolePage);
