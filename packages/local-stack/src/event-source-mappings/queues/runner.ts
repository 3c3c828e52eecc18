import { backoffDelay } from '../backoff.ts';
import { errorMessage, type MappingContext } from '../context.ts';
import type { QueueMapping } from '../mapping.ts';
import type { QueueSource } from '../ports.ts';
import { createConcurrency } from './concurrency.ts';
import { deliverMessages } from './deliver.ts';
import { createGatherer } from './gather.ts';
import type { ReceivedMessage } from './message.ts';

export interface QueueStatus {
  /** Pollers, each with at most one batch. */
  readonly pollers: number;
  readonly concurrency: number;
  /** Messages at the function or waiting to be sent to it. */
  readonly inFlight: number;
  /** Nothing has come since this moment; `undefined` while there is work. Hidden messages do not show. */
  readonly quietSince: number | undefined;
}

export interface QueueRunner {
  readonly finished: Promise<void>;
  status(): QueueStatus;
}

const perDelete = 10;

/**
 * Polls one queue. One poller waits for messages by long polling; when it gets some it hands the waiting on to
 * another and works its batch off, so that there are as many pollers as there are batches, up to the limit.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export function startQueue(
  mapping: QueueMapping,
  context: MappingContext,
  source: QueueSource,
  longPollSeconds: number,
): QueueRunner {
  const { clock, stop, log, metrics } = context;
  const queueArn = mapping.eventSourceArn;
  const concurrency = createConcurrency(clock, mapping.maximumConcurrency, () => spawn(), stop);
  const gatherer = createGatherer(mapping, context, source, longPollSeconds, { drop: remove, release });
  const pollers = new Set<Promise<void>>();
  let waiting = false;
  let inFlight = 0;
  let quietSince: number | undefined;
  let workedUntil = 0;
  let visibilityTimeoutMs: number | undefined;
  let setbacks = 0;

  async function inTens(
    messages: readonly ReceivedMessage[],
    act: (handles: string[]) => Promise<void>,
  ): Promise<void> {
    for (let at = 0; at < messages.length; at += perDelete)
      await act(messages.slice(at, at + perDelete).map(({ event }) => event.receiptHandle));
  }

  /** What cannot be deleted comes back when its visibility timeout ends: delivery is at least once. */
  async function remove(messages: readonly ReceivedMessage[]): Promise<void> {
    await inTens(messages, async (handles) => {
      try {
        const kept = await source.delete(queueArn, handles);
        metrics.count('DeletedEventCount', handles.length - kept.length);
        if (kept.length > 0)
          log('warn', `${mapping.logicalId}: ${kept.length} messages could not be deleted`);
      } catch (error) {
        log('warn', `${mapping.logicalId}: cannot delete ${handles.length} messages: ${errorMessage(error)}`);
      }
    });
  }

  async function release(messages: readonly ReceivedMessage[]): Promise<void> {
    await inTens(messages, async (handles) => {
      try {
        await source.release(queueArn, handles);
      } catch (error) {
        log(
          'warn',
          `${mapping.logicalId}: ${handles.length} messages stay hidden for now: ${errorMessage(error)}`,
        );
      }
    });
  }

  async function workOff(batch: ReceivedMessage[]): Promise<void> {
    inFlight += batch.length;
    quietSince = undefined;
    try {
      visibilityTimeoutMs ??= (await source.visibilityTimeout(queueArn)) * 1000;
      await remove(await deliverMessages(mapping, context, batch, visibilityTimeoutMs, concurrency));
    } finally {
      inFlight -= batch.length;
      workedUntil = clock.now();
    }
  }

  async function poll(): Promise<void> {
    while (!stop.aborted && pollers.size <= concurrency.limit()) {
      // Whoever is not the one that waits only looks.
      const waits = !waiting;
      if (waits) waiting = true;
      const askedAt = clock.now();
      let batch: ReceivedMessage[] = [];
      try {
        batch = await gatherer.next(waits);
        setbacks = 0;
      } catch (error) {
        setbacks += 1;
        log('warn', `${mapping.logicalId}: cannot receive from ${queueArn}: ${errorMessage(error)}`);
        await clock.sleep(backoffDelay(context.backoff, setbacks), stop);
      } finally {
        if (waits) waiting = false;
      }
      if (batch.length === 0) {
        if (!waits) return;
        concurrency.calm();
        if (inFlight === 0) quietSince ??= Math.max(askedAt, workedUntil);
        continue;
      }
      if (stop.aborted) return await release(batch);
      spawn();
      await workOff(batch);
    }
  }

  function spawn(): void {
    if (stop.aborted || waiting || !concurrency.admits(pollers.size)) return;
    const poller: Promise<void> = poll()
      .catch((error) => log('error', `${mapping.logicalId}: a poller failed: ${errorMessage(error)}`))
      .finally(() => {
        pollers.delete(poller);
        if (!waiting) spawn();
      });
    pollers.add(poller);
  }

  spawn();
  const finished = (async () => {
    await new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      else stop.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.all(pollers);
    await release(gatherer.carried());
  })();

  return {
    finished,
    status: () => ({
      pollers: pollers.size,
      concurrency: concurrency.limit(),
      inFlight,
      quietSince: inFlight === 0 ? quietSince : undefined,
    }),
  };
}
