import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { launchService, type Service } from '#tests/redrive/service.ts';

const Tour = z.object({ steps: z.array(z.object({ title: z.string(), action: z.unknown().optional() })) });
const Messages = z.object({ messages: z.array(z.object({ id: z.string(), cause: z.string().optional() })) });

const RUN = 'brimstone';
const DEAD_LETTERS = 'SearchIndexingDeadLetterQueue';

let service: Service;
let token: string;
beforeAll(async () => {
  service = await launchService();
  const page = await (await fetch(service.stack.running.consoleUrl)).text();
  token = /name="console-token" content="([^"]+)"/.exec(page)?.[1] ?? '';
}, 180_000);
afterAll(() => service.stop());

/** As the page of the console asks. */
const ask = async (path: string, method = 'GET', body?: unknown): Promise<unknown> => {
  const { consoleUrl } = service.stack.running;
  const answer = await fetch(`${consoleUrl}/api/${path}`, {
    method,
    headers: { origin: consoleUrl, 'x-console-token': token },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return JSON.parse(text);
};

const missingOf = async (step: number): Promise<string[]> => {
  const answer = await ask(`tour/${step}/check?run=${RUN}`);
  return z.object({ missing: z.array(z.string()) }).parse(answer).missing;
};

/** What a person does on other pages, by the step's title. */
const BY_HAND: Readonly<Record<string, () => Promise<unknown>>> = {
  'Find out why': async () => {
    const { messages } = Messages.parse(await ask(`queues/${DEAD_LETTERS}/messages`));
    expect(messages).toHaveLength(2);
    for (const { cause } of messages)
      expect(cause).toMatch(/AccessDenied.* is not authorized to perform: dynamodb:/);
  },
  'Redrive one message too early': async () => {
    const { messages } = Messages.parse(await ask(`queues/${DEAD_LETTERS}/messages`));
    const messageIds = messages.slice(0, 1).map(({ id }) => id);
    expect(await ask(`queues/${DEAD_LETTERS}/redrive`, 'POST', { messageIds })).toEqual({ moved: 1 });
  },
  'Redrive everything': async () =>
    expect(await ask(`queues/${DEAD_LETTERS}/redrive`, 'POST', {})).toEqual({ moved: 2 }),
};

test('every step of the tour can be done, and the console checks it', async () => {
  const { steps } = Tour.parse(await ask('tour'));
  for (const [index, { title, action }] of steps.entries()) {
    await BY_HAND[title]?.();
    if (action) await ask(`tour/${index}/action`, 'POST', { run: RUN });
    const deadline = Date.now() + 30_000;
    for (let missing = await missingOf(index); missing.length > 0; missing = await missingOf(index)) {
      if (Date.now() > deadline) throw new Error(`${title}: ${missing.join(', ')}`);
      await sleep(100);
    }
  }
}, 120_000);
