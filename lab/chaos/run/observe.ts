import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock } from '../../../packages/local-stack/src/clock.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Interruption } from '../proxy/journal.ts';
import type { Intent } from '../traffic/accepted.ts';
import type { World } from './world.ts';

const Status = z.object({
  mappings: z.array(z.object({ kind: z.string(), quietSince: z.number().optional() })),
  queues: z.record(z.string(), z.object({ visible: z.number(), inFlight: z.number(), delayed: z.number() })),
});
const MAX_ATTEMPTS = 20;
const Page = z.object({ items: z.array(z.object({ postId: z.string(), content: z.string() })) });

/** What is still under way in the stack. */
export const leftIn = async (world: World, queues: readonly string[]): Promise<Evidence['left']> => {
  const { running } = await world.stack();
  const status = Status.parse(await (await fetch(`${running.consoleUrl}/status`)).json());
  return {
    iteratorAgeIsZero: status.mappings.every(
      ({ kind, quietSince }) => kind !== 'stream' || quietSince !== undefined,
    ),
    inQueues: queues.map((queue) => {
      const depth = status.queues[queue];
      return { queue, messages: depth ? depth.visible + depth.inFlight + depth.delayed : 0 };
    }),
  };
};

/** The faults are over, but a start on a busy machine may still take longer than a request may. */
const insistently = async (url: string): Promise<z.infer<typeof Page>> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(url);
    if (answer.ok) return Page.parse(await answer.json());
    const text = await answer.text();
    if (attempt === MAX_ATTEMPTS) throw new Error(`${url} answered ${answer.status}: ${text}`);
    await systemClock.sleep(250);
  }
};

/** Searches for some posts as everybody can, each by the word that only it holds. */
export const searchFor = async (world: World, intents: readonly Intent[]): Promise<Evidence['searches']> => {
  const { running } = await world.stack();
  const found = [];
  for (const { postId, marker } of intents) {
    const query = new URLSearchParams({ q: marker });
    const { items } = await insistently(`${running.apiUrl}/posts/search?${query}`);
    found.push({
      postId,
      word: marker,
      found: items.map((item) => ({ postId: item.postId, content: item.content })),
    });
  }
  return found;
};

/** What a thread that is being ended may still do. */
const TERMINATION_MS = 1_000;
const TIMED_OUT = /^(\S+) \S+ Task timed out/;

/** When the push function ran out of time of itself: a busy machine does that too. */
export const timeoutsOf = async (logs: string): Promise<Interruption[]> => {
  const names = (await readdir(logs)).filter((name) => name.endsWith('-pushNotifications.log'));
  const files = await Promise.all(names.map((name) => readFile(join(logs, name), 'utf8')));
  return files
    .flatMap((text) => text.split('\n'))
    .flatMap((line) => {
      const [, at] = TIMED_OUT.exec(line) ?? [];
      const moment = Date.parse(at ?? '');
      return at ? [{ from: moment, to: moment + TERMINATION_MS, what: 'timeout' }] : [];
    });
};
