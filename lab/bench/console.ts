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

const medianOf = (bursts: readonly Burst[], figure: keyof Burst): number =>
  median(bursts.map((one) => one[figure]));

/**
 * What the console costs while posts flow: closed, open on its map, open on its list of invocations, in turns on one
 * stack. The browser has no core of its own; the CPU column counts the stack's processes only.
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
      return Object.entries(opened).map(([name, measured]): Row => {
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
    } finally {
      await browser.close();
    }
  });

if (import.meta.main) await runAlone(consolePage);
