// Keeps a local stack busy for as long as is said, and tells whether its memory stays flat: npm run soak -w lab -- --help
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { runTool } from '../../ops/run-tool.ts';
import { type LaunchedStack, withTemporaryStack } from '../../packages/local-stack/src/launch.ts';
import { search, type User, userOf } from '../../scripts/demo/client.ts';
import { usageOf } from '../bench/support/process-family.ts';
import { median } from '../bench/support/statistics.ts';
import { countOf } from '../load/count.ts';

/** Heaps breathe: what is above is a leak. */
const MAX_GROWTH = 1.05;

const HELP = `npm run soak -w lab -- [options]

Keeps a local stack busy with the lives of posts: each is created, read, changed, searched for, listed and removed. Tells
memory, execution environments, CPU and the size of logs and data each minute.

  --minutes <n>               (default: 60)
  --requests-per-second <n>   (default: 20)

Exit status: 1 when the stack and its engines hold more than ${Math.round((MAX_GROWTH - 1) * 100)} % more memory in the last quarter than in the second
one, or when a request failed.`;

const OPTIONS = {
  minutes: { type: 'string', default: '60' },
  'requests-per-second': { type: 'string', default: '20' },
} as const;

const REQUESTS_OF_A_LIFE = 6;
const BETWEEN_SAMPLES_MS = 15_000;

const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Sample {
  minute: number;
  megabytes: number;
  environments: number;
}

const Status = z.object({ environments: z.number() });

const megabytesBelow = (directory: string): number =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, { parentPath, name }) =>
        sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    ) /
  2 ** 20;

const lifeOfAPost = async (apiUrl: string, user: User, index: number): Promise<void> => {
  const { postId } = await user.create({
    content: `lantern ${index} over the harbour`,
    type: 'text',
    status: 'published',
  });
  await user.read(postId);
  await user.change(postId, { content: `lantern ${index} over the old harbour` });
  await search(apiUrl, `lantern ${index}`);
  await fetch(`${apiUrl}/users/${user.name}/posts`);
  await user.remove(postId);
};

/** Begins a life as often as said, whatever becomes of those before. @returns how many ended, and why others did not */
const traffic = async (
  { running }: LaunchedStack,
  perSecond: number,
  until: number,
  stopped: AbortSignal,
) => {
  const { apiUrl, issuer } = running;
  const failures = new Map<string, number>();
  const lives = new Set<Promise<void>>();
  let user = await userOf(apiUrl, issuer, 'ada');
  let begun = 0;
  for (let next = Date.now(); next < until && !stopped.aborted; next += 1_000 / perSecond) {
    await sleep(Math.max(0, next - Date.now()));
    begun += 1;
    // A token lasts an hour.
    if (begun % 1_000 === 0) user = await userOf(apiUrl, issuer, `user-${begun}`);
    const life = lifeOfAPost(apiUrl, user, begun)
      .catch((error: unknown) => {
        const message = String(error).replaceAll(/[\dA-Z]{26}/g, '…');
        failures.set(message, (failures.get(message) ?? 0) + 1);
      })
      .finally(() => lives.delete(life));
    lives.add(life);
  }
  await Promise.all(lives);
  return { begun, failures };
};

const sampling = (stack: LaunchedStack, samples: Sample[]): NodeJS.Timeout => {
  const began = Date.now();
  const sample = async () => {
    const { environments } = Status.parse(await (await fetch(`${stack.running.consoleUrl}/status`)).json());
    const { residentMegabytes: megabytes, cpuSeconds } = usageOf(stack.processId);
    const minute = (Date.now() - began) / 60_000;
    samples.push({ minute, megabytes, environments });
    if (samples.length % 4 !== 0) return;
    const { logs, root } = stack.state;
    say(
      `${minute.toFixed(0).padStart(4)} min  ${megabytes.toFixed(0)} MB of memory in ${environments} environments  ${cpuSeconds.toFixed(0)} s of CPU  ` +
        `logs ${megabytesBelow(logs).toFixed(1)} MB  data ${megabytesBelow(root).toFixed(1)} MB`,
    );
  };
  // A stack that does not answer fails the posts, which counts.
  return setInterval(() => void sample().catch(() => {}), BETWEEN_SAMPLES_MS);
};

const quarter = (samples: readonly Sample[], figure: 'megabytes' | 'environments', index: number): number =>
  median(
    samples
      .slice((samples.length * index) / 4, (samples.length * (index + 1)) / 4)
      .map((sample) => sample[figure]),
  );

await runTool({ help: HELP, options: OPTIONS }, async ({ values }) => {
  const minutes = countOf('minutes', values.minutes, 10_000);
  const perSecond = countOf('requests-per-second', values['requests-per-second'], 1_000);
  return withTemporaryStack(
    'soak',
    {
      serviceDirectory: resolve(import.meta.dirname, '../..'),
      parameters: { apiRateLimit: '1000', apiBurstLimit: '2000' },
    },
    async (stack, interrupted) => {
      const samples: Sample[] = [];
      const sampler = sampling(stack, samples);
      const until = Date.now() + minutes * 60_000;
      const { begun, failures } = await traffic(stack, perSecond / REQUESTS_OF_A_LIFE, until, interrupted);
      clearInterval(sampler);
      await stack.untilQuiet(120_000);
      const [before, after] = [quarter(samples, 'megabytes', 1), quarter(samples, 'megabytes', 3)];
      const growth = after / before;
      say(`${begun} posts lived, ${begun * REQUESTS_OF_A_LIFE} requests in ${minutes} minutes.`);
      say(
        `Memory: ${before.toFixed(0)} MB in the second quarter, ${after.toFixed(0)} MB in the last (${growth.toFixed(3)}), ` +
          `with ${quarter(samples, 'environments', 1)} and ${quarter(samples, 'environments', 3)} environments.`,
      );
      for (const [message, times] of failures) say(`${times} times: ${message}`);
      return growth <= MAX_GROWTH && failures.size === 0 ? 0 : 1;
    },
  );
});
