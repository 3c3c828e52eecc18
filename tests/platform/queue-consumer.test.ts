import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import { logger } from '#lib/platform/logger.ts';
import {
  type Delivery,
  type Outcome,
  type PostponeMessage,
  queueConsumer,
} from '#lib/platform/queue-consumer.ts';
import { RetryLater } from '#lib/platform/retry-later.ts';
import { linesOf } from '#tests/support/output.ts';
import { lambdaContext, sqsEvent } from '#tests/support/sqs.ts';

const Order = z.object({ id: z.string(), placedAt: z.iso.datetime(), secret: z.string().max(20).optional() });
type Order = z.infer<typeof Order>;

const order = (id: string, more: object = {}): string =>
  JSON.stringify({ id, placedAt: new Date(Date.now() - 1_500).toISOString(), ...more });

const run = (
  bodies: readonly string[],
  handle: (message: Order, delivery: Delivery) => Promise<Outcome | undefined>,
  { postpone = async () => {}, ...options }: { receiveCount?: number; postpone?: PostponeMessage } = {},
) =>
  linesOf(() =>
    queueConsumer({
      schema: Order,
      handle,
      logKeys: ({ id }) => ({ eventId: id }),
      occurredAt: ({ placedAt }) => placedAt,
      postpone,
    })(sqsEvent(bodies, options), lambdaContext()),
  );

describe('a consumer of a queue', () => {
  test('reports only the messages that failed, and handles all others', async () => {
    const handled: string[] = [];
    const { result } = await run([order('a'), order('b'), order('c')], async ({ id }) => {
      if (id === 'b') throw new Error('not today');
      handled.push(id);
      return undefined;
    });
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(handled).toEqual(['a', 'c']);
  });

  test('reports every message when all failed, instead of failing the invocation', async () => {
    const { result } = await run([order('a'), order('b')], () => Promise.reject(new Error('down')));
    expect(result.batchItemFailures).toHaveLength(2);
  });

  test('reports none when all went well', async () => {
    const { result } = await run([order('a')], async () => undefined);
    expect(result).toEqual({ batchItemFailures: [] });
  });

  test('logs a failure with its cause and the keys to follow it by', async () => {
    const cause = new Error('connection refused');
    const { lines } = await run([order('a')], () => Promise.reject(new Error('cannot store', { cause })));
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'message failed',
        messageId: 'message-0',
        eventId: 'a',
        receiveCount: 1,
        function_name: 'function-under-test',
        error: expect.objectContaining({
          message: 'cannot store',
          cause: expect.objectContaining({ message: 'connection refused' }),
        }),
      }),
    );
  });

  test('writes the keys of a message with every line of its handler and its outcome, and of no other message', async () => {
    const { lines } = await run([order('a'), order('b')], async ({ id }) => {
      logger.info(`begins ${id}`);
      await setImmediate();
      return { outcome: 'done', labels: [id] };
    });
    expect(lines.filter(({ level }) => level === 'INFO')).toEqual([
      expect.objectContaining({ message: 'begins a', eventId: 'a', messageId: 'message-0' }),
      expect.objectContaining({ message: 'begins b', eventId: 'b', messageId: 'message-1' }),
      expect.objectContaining({ message: 'done', labels: ['a'], eventId: 'a', messageId: 'message-0' }),
      expect.objectContaining({ message: 'done', labels: ['b'], eventId: 'b', messageId: 'message-1' }),
    ]);
  });

  test.each([
    ['is not JSON', '<order>secret-words</order>', 'is not JSON'],
    ['is JSON cut off', '{"id":"secret-words', 'is not JSON'],
    ['is empty', '', 'is not JSON'],
    ['lacks a field', '{"id":"a","secret":"secret-words"}', 'placedAt'],
    ['has a bad field', order('a', { secret: 'secret-words '.repeat(3) }), 'secret'],
  ])('fails a message that %s, says why, and quotes none of it', async (_what, body, why) => {
    const { lines, result } = await run([order('fine'), body], async () => undefined);
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    const line = lines.find(({ message }) => message === 'message cannot be read');
    expect(line).toMatchObject({ messageId: 'message-1', error: { message: expect.stringContaining(why) } });
    expect(JSON.stringify(lines)).not.toContain('secret-words');
  });

  test('keeps what an error carries along out of the logs', async () => {
    const { lines } = await run([order('a')], () =>
      Promise.reject(Object.assign(new Error('conflict'), { Item: { content: 'secret-words' } })),
    );
    expect(JSON.stringify(lines)).toContain('conflict');
    expect(JSON.stringify(lines)).not.toContain('secret-words');
  });

  test('tells the handler whether a message came before', async () => {
    const seen: boolean[] = [];
    const handle = async (_message: Order, { redelivered }: Delivery) => {
      seen.push(redelivered);
      return undefined;
    };
    await run([order('a')], handle);
    await run([order('a')], handle, { receiveCount: 2 });
    expect(seen).toEqual([false, true]);
  });

  test('measures how long after the fact each message was done, and counts what it could not read', async () => {
    const { lines } = await run([order('a'), order('b'), 'x'], async () => undefined);
    const metric = lines.find((line) => '_aws' in line);
    expect(metric).toMatchObject({
      service: 'tests',
      EndToEndLatency: [expect.any(Number), expect.any(Number)],
      UnreadableMessages: 1,
    });
    expect(metric?.EndToEndLatency).toEqual([expect.closeTo(1_500, -3), expect.closeTo(1_500, -3)]);
  });

  test('counts a message that it cannot read once, however often it comes', async () => {
    let count = 0;
    for (const receiveCount of [1, 2, 3, 4, 5]) {
      const { lines } = await run(['x'], async () => undefined, { receiveCount });
      count += lines.filter((line) => 'UnreadableMessages' in line).length;
    }
    expect(count).toBe(1);
  });

  test('measures nothing of a message that failed', async () => {
    const { lines } = await run([order('a')], () => Promise.reject(new Error('down')));
    expect(lines.filter((line) => '_aws' in line)).toEqual([]);
  });

  test('survives a handler that rejects with something that is no error', async () => {
    const { result } = await run([order('a')], () => Promise.reject('just words'));
    expect(result.batchItemFailures).toHaveLength(1);
  });

  const waitOf = async (error: unknown, receiveCount: number): Promise<number | undefined> => {
    let wait: number | undefined;
    await run([order('a')], () => Promise.reject(error), {
      receiveCount,
      postpone: async (_record, seconds) => {
        wait = seconds;
      },
    });
    return wait;
  };

  test('keeps a failed message away for longer each time, an hour and more in all', async () => {
    const waits = [];
    for (const receiveCount of [1, 2, 3, 4]) waits.push((await waitOf(new Error('down'), receiveCount)) ?? 0);
    expect(waits).toEqual([30, 120, 600, 3_600]);
  });

  test('lets a message that was received for the last time go to the dead-letter queue at once', async () => {
    expect(await waitOf(new Error('down'), 5)).toBe(0);
  });

  test('keeps a message away for at least as long as its handler asked, and still reports it', async () => {
    expect(await waitOf(new RetryLater('busy', 120), 1)).toBe(120);
    expect(await waitOf(new RetryLater('busy', 10), 3)).toBe(600);
    const { result, lines } = await run([order('a')], () => Promise.reject(new RetryLater('busy', 120)));
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'message comes again later', seconds: 120 }),
    );
  });

  test('sends a message that cannot be read to the dead-letter queue without waiting', async () => {
    const waits: [string, number][] = [];
    await run([order('a'), 'x'], async () => undefined, {
      postpone: async ({ messageId }, seconds) => {
        waits.push([messageId, seconds]);
      },
    });
    expect(waits).toEqual([['message-1', 0]]);
  });

  test('leaves a message to the visibility timeout when it cannot be postponed', async () => {
    const { result, lines } = await run(
      [order('a')],
      () => Promise.reject(new RetryLater('the service is busy', 120)),
      { postpone: () => Promise.reject(new Error('no such queue')) },
    );
    expect(result.batchItemFailures).toHaveLength(1);
    expect(lines).toContainEqual(expect.objectContaining({ message: 'message could not be postponed' }));
  });
});
