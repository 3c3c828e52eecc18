import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { stateKey } from '../../lib/search/term-index/items.ts';
import { type MeasuredStack, onFreshStack } from './support/measured-stack.ts';
import { machineCpuSeconds, usageOf } from './support/process-family.ts';
import { type Row, runAlone } from './support/row.ts';
import { percentile } from './support/statistics.ts';

/** About half of what two cores carry, where waiting is not for a core. */
const RATE = Number(process.env.POSTS_PER_SECOND ?? 20);
const SECONDS = Number(process.env.SECONDS ?? 30);
const WARM_UP_SECONDS = 5;
const LOOK_EVERY_MS = 4;
const PATIENCE_MS = 30_000;
/** BatchGetItem takes no more keys. */
const MAX_KEYS = 100;

/** Milliseconds after its POST left, on this machine's clock. */
interface Milestones {
  answered: number;
  /** The index's state shows it: a search that leaves now finds it. */
  visible: number;
  /** The answer of the search that found it is here. */
  found: number;
}

const Created = z.object({ postId: z.string() });
const Found = z.object({ items: z.array(z.object({ postId: z.string() })) });
const Token = z.object({ access_token: z.string() });

/** No vowels: nothing that moderation could take for a word. */
const LETTERS = 'bdghjklmnpqrvwxz';

/** A word that no other post has, as long as all others, and scattered over the alphabet. */
const wordOf = (index: number): string => {
  const scattered = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  return [...scattered.toString(16).padStart(8, '0')]
    .map((digit) => LETTERS[Number.parseInt(digit, 16)])
    .join('');
};

const answerOf = async (response: Response): Promise<unknown> => {
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${body}`);
  return JSON.parse(body);
};

/**
 * Tells when the index shows a post. One BatchGetItem every few milliseconds asks for the states of all posts under
 * way: asking the search API that often would be most of the load that is to be measured.
 */
const watchIndex = ({ clients, refOf }: MeasuredStack) => {
  const table = refOf('SearchIndexTable');
  const awaited = new Map<string, () => void>();
  let open = true;
  const look = async () => {
    const keys = [...awaited.keys()].slice(0, MAX_KEYS);
    if (keys.length === 0) return;
    const { Responses = {} } = await clients.dynamoDb.send(
      new BatchGetItemCommand({
        RequestItems: {
          [table]: {
            Keys: keys.map((postId) => marshall(stateKey(postId))),
            ConsistentRead: true,
            ProjectionExpression: 'postId, visible',
          },
        },
      }),
    );
    for (const { postId, visible } of Responses[table] ?? []) {
      if (!visible?.BOOL || !postId?.S) continue;
      awaited.get(postId.S)?.();
      awaited.delete(postId.S);
    }
  };
  const looking = (async () => {
    while (open) {
      const began = performance.now();
      await look();
      await pause(Math.max(0, LOOK_EVERY_MS - (performance.now() - began)));
    }
  })();
  return {
    shows: (postId: string) => new Promise<void>((resolve) => awaited.set(postId, resolve)),
    close: async () => {
      open = false;
      await looking;
    },
  };
};

/** Posts leave at their time, whether or not earlier ones were answered. */
const postAtRate = async (
  count: number,
  run: (index: number) => Promise<Milestones>,
): Promise<Milestones[]> => {
  const began = performance.now();
  const under: Promise<Milestones>[] = [];
  for (let index = 0; index < count; index += 1) {
    const early = began + (index * 1_000) / RATE - performance.now();
    if (early > 0) await pause(early);
    under.push(run(index));
  }
  return Promise.all(under);
};

/**
 * @returns the runs of all posts; the stack's CPU for one, which a busy machine does not change much; and how many
 *   cores were taken by whatever else ran on the machine, which changes everything else
 */
const measure = async (
  stack: MeasuredStack,
): Promise<{ runs: Milestones[]; cpuMilliseconds: number; othersCores: number }> => {
  const { apiUrl, issuer } = stack.running;
  const login = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ user: 'ada' }),
  });
  const headers = {
    authorization: `Bearer ${Token.parse(await answerOf(login)).access_token}`,
    'content-type': 'application/json',
  };
  const index = watchIndex(stack);
  const run = (word: string) => async (): Promise<Milestones> => {
    const left = performance.now();
    const since = () => performance.now() - left;
    const body = JSON.stringify({ content: `Lantern light over ${word}`, type: 'text', status: 'published' });
    const { postId } = Created.parse(
      await answerOf(await fetch(`${apiUrl}/posts`, { method: 'POST', headers, body })),
    );
    const answered = since();
    await index.shows(postId);
    const visible = since();
    const { items } = Found.parse(await answerOf(await fetch(`${apiUrl}/posts/search?q=${word}`)));
    if (items[0]?.postId !== postId)
      throw new Error(`the index shows ${postId}, and search does not find it`);
    return { answered, visible, found: since() };
  };
  const patience = AbortSignal.timeout((SECONDS + WARM_UP_SECONDS) * 1_000 + PATIENCE_MS);
  try {
    const work = (async () => {
      await postAtRate(WARM_UP_SECONDS * RATE, (number) => run(wordOf(number))());
      // The stack is a child of this process.
      const used = () => ({
        stack: usageOf(stack.processId).cpuSeconds,
        ours: usageOf(process.pid).cpuSeconds,
      });
      const [before, machineBefore, began] = [used(), machineCpuSeconds(), performance.now()];
      const runs = await postAtRate(SECONDS * RATE, (number) => run(wordOf(100_000 + number))());
      const [after, machine] = [used(), machineCpuSeconds() - machineBefore];
      const seconds = (performance.now() - began) / 1_000;
      return {
        runs,
        cpuMilliseconds: ((after.stack - before.stack) * 1_000) / runs.length,
        othersCores: Math.max(0, (machine - (after.ours - before.ours)) / seconds),
      };
    })();
    const tooLate = new Promise<never>((_, reject) => {
      patience.addEventListener('abort', () => reject(new Error('posts are still not found')));
    });
    return await Promise.race([work, tooLate]);
  } finally {
    await index.close();
  }
};

/**
 * How long a post takes from the client's POST until a search answers with it, on the local stack at a steady rate.
 * Every post has a word of its own; a search leaves when the index shows the post, and has to find it.
 */
export const postToSearch = async (): Promise<Row[]> => {
  // Above the standard limit of 100 requests a second: posts and searches together are as many.
  const parameters = { apiRateLimit: '1000', apiBurstLimit: '2000' };
  const { runs, cpuMilliseconds, othersCores } = await onFreshStack(
    'post-to-search',
    { parameters },
    measure,
  );
  const at = (milestone: keyof Milestones, share: number) =>
    percentile(
      runs.map((run) => run[milestone]),
      share,
    );
  if (import.meta.main) {
    for (const milestone of ['answered', 'visible', 'found'] as const) {
      const figures = [0.5, 0.9, 0.99, 0.999].map(
        (share) => `p${share * 100} ${at(milestone, share).toFixed(0)}`,
      );
      console.log(`${milestone.padEnd(10)}${figures.join(', ')} ms`);
    }
  }
  return (['p50', 'p99'] as const).map((name) => {
    return {
      what: `POST → found by search, ${name}, local stack`,
      against: `${RATE} posts/s for ${SECONDS} s, ${cpuMilliseconds.toFixed(1)} ms of CPU each; others took ${othersCores.toFixed(1)} of ${cpus().length} cores`,
      measured: `${at('found', name === 'p50' ? 0.5 : 0.99).toFixed(0)} ms`,
      ratio: '',
      goal: '',
      met: undefined,
    };
  });
};

if (import.meta.main) await runAlone(postToSearch);
