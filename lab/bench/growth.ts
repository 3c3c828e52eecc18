import { type MeasuredStack, onFreshStack } from './support/measured-stack.ts';
import { tablePost, writePosts } from './support/posts.ts';
import { usageOf } from './support/process-family.ts';
import { type Row, runAlone } from './support/row.ts';
import { median } from './support/statistics.ts';

/** The option that takes growth as far as it goes, for `parseArgs`. */
export const ALL = { all: { type: 'boolean' } } as const;

const BASE = 1_000;
const SIZES = process.argv.includes('--all') ? [BASE, 10_000, 100_000] : [BASE, 10_000];
const LARGEST = Number(process.env.POSTS ?? SIZES.at(-1));
const WARM_UP = 2_000;
const MAX_GROWTH = 1.05;
/** What counts as flat: heaps breathe, and nobody collects them at our word. */
const MAX_MEMORY_GROWTH = 1.25;

/** A thousand posts from the first write until the stack is quiet. */
interface Wave {
  seconds: number;
  cpuSeconds: number;
  residentMegabytes: number;
}

/**
 * The stack takes a thousand posts at a time, each wave until nothing is under way any more, so that what grows is
 * only what lies behind it: tables, stream, files, logs and metrics. A backlog would be another matter.
 */
const waves = async (stack: MeasuredStack): Promise<Wave[]> => {
  const table = stack.refOf('PostsTable');
  let written = 0;
  const wave = async (count: number): Promise<Wave> => {
    const before = usageOf(stack.processId);
    const began = performance.now();
    await writePosts(
      stack.clients.dynamoDb,
      table,
      Array.from({ length: count }, () => {
        written += 1;
        return tablePost(written);
      }),
    );
    await stack.untilQuiet(300_000);
    const seconds = (performance.now() - began) / 1_000;
    const after = usageOf(stack.processId);
    return {
      seconds,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      residentMegabytes: after.residentMegabytes,
    };
  };
  await wave(WARM_UP);
  const all: Wave[] = [];
  while (all.length * BASE < LARGEST) {
    all.push(await wave(BASE));
    if (import.meta.main) {
      const { seconds, cpuSeconds, residentMegabytes } = all.at(-1) ?? {};
      console.log(
        `${all.length * BASE} posts: ${seconds?.toFixed(2)} s, ${cpuSeconds?.toFixed(2)} s of CPU,` +
          ` ${residentMegabytes?.toFixed(0)} MB`,
      );
    }
  }
  return all;
};

/**
 * What a post costs when many went before it: time, CPU and memory of the stack and its engines at 10,000 posts, and
 * with `--all` at 100,000, against 1,000.
 */
export const growth = async (): Promise<Row[]> => {
  const all = await onFreshStack('growth', {}, waves);
  const [first] = all;
  if (!first) throw new Error('no wave was measured');
  const sum = (part: readonly Wave[], figure: keyof Wave) =>
    part.reduce((total, wave) => total + wave[figure], 0);
  return SIZES.filter((size) => size > BASE && size <= LARGEST).flatMap((size) => {
    const part = all.slice(0, size / BASE);
    const what = `growth: ${size.toLocaleString('en')} posts`;
    const ratioOf = (figure: 'seconds' | 'cpuSeconds') => sum(part, figure) / part.length / first[figure];
    // Of the last waves: one alone may meet a collection of garbage.
    const memory = median(part.slice(-5).map(({ residentMegabytes }) => residentMegabytes));
    const linear = (figure: 'seconds' | 'cpuSeconds', unit: string): Row => ({
      what,
      against: `${first[figure].toFixed(2)} ${unit} for 1,000`,
      measured: `${sum(part, figure).toFixed(1)} ${unit}`,
      ratio: `${ratioOf(figure).toFixed(2)} × linear`,
      goal: `≤ ${MAX_GROWTH}`,
      met: ratioOf(figure) <= MAX_GROWTH,
    });
    return [
      linear('seconds', 's'),
      linear('cpuSeconds', 's of CPU'),
      {
        what: `${what}, memory of stack and engines`,
        against: `${first.residentMegabytes.toFixed(0)} MB after 1,000`,
        measured: `${memory.toFixed(0)} MB`,
        ratio: `${(memory / first.residentMegabytes).toFixed(2)}`,
        goal: `flat (≤ ${MAX_MEMORY_GROWTH})`,
        met: memory / first.residentMegabytes <= MAX_MEMORY_GROWTH,
      },
    ];
  });
};

if (import.meta.main) await runAlone(growth, ALL);
