import assert from 'node:assert/strict';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import {
  fails,
  inTurn,
  start,
  succeeds,
  throttled,
  withAsynchronousEvents,
} from '../support/asynchronous-world.ts';

const holds = inArea('Asynchronous invocation: the queue of events');

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const asynchronousEvents: readonly Behaviour[] = [
  holds('a failing asynchronous invocation is retried after one and two minutes', pages.asyncErrors, () =>
    withAsynchronousEvents({ answer: fails }, async ({ accept, clock, tries, stored }) => {
      accept({ order: 1 });
      await clock.advance(HOUR);
      assert.deepEqual(
        tries.map(({ at }) => at),
        [0, MINUTE, 3 * MINUTE],
      );
      assert.equal(stored.size, 0);
    }),
  ),
  holds('a success ends the event, and it is not run again', pages.asyncErrors, () =>
    withAsynchronousEvents({ answer: inTurn(fails, succeeds) }, async ({ accept, clock, tries, stored }) => {
      accept({ order: 1 });
      await clock.advance(HOUR);
      assert.equal(tries.length, 2);
      assert.equal(stored.size, 0);
    }),
  ),
  holds('every try has the event and the request id of the first', pages.asyncRetainRecords, () =>
    withAsynchronousEvents({ answer: fails }, async ({ accept, clock, tries }) => {
      const requestId = accept({ order: 1 });
      await clock.advance(HOUR);
      assert.deepEqual(
        tries.map((one) => [one.requestId, one.payload]),
        Array.from({ length: 3 }, () => [requestId, { order: 1 }]),
      );
    }),
  ),
  holds('MaximumRetryAttempts bounds the retries: 0, 1 or 2', pages.asyncConfiguring, async () => {
    for (const [MaximumRetryAttempts, expected] of [
      [0, 1],
      [1, 2],
      [2, 3],
    ] as const) {
      await withAsynchronousEvents(
        { answer: fails, config: { MaximumRetryAttempts } },
        async ({ accept, clock, tries }) => {
          accept('event');
          await clock.advance(HOUR);
          assert.equal(tries.length, expected);
        },
      );
    }
  }),
  holds(
    'a throttled event comes back after a second, doubling up to five minutes, for up to six hours',
    pages.asyncErrors,
    () =>
      withAsynchronousEvents({ answer: throttled }, async ({ accept, clock, tries, stored }) => {
        accept('event');
        await clock.advance(7 * HOUR);
        const waits = tries.slice(1).map(({ at }, index) => (at - (tries[index]?.at ?? 0)) / 1_000);
        assert.deepEqual(waits.slice(0, 10), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert(waits.slice(9).every((wait) => wait === 300));
        assert((tries.at(-1)?.at ?? 0) > 5.9 * HOUR && (tries.at(-1)?.at ?? 0) < 6 * HOUR);
        assert.equal(stored.size, 0);
      }),
  ),
  holds('throttles are no tries: the retries are left', pages.asyncErrors, () =>
    withAsynchronousEvents(
      { answer: inTurn(throttled, throttled, fails, throttled, fails, fails) },
      async ({ accept, clock, tries }) => {
        accept('event');
        await clock.advance(HOUR);
        assert.equal(tries.length, 6);
      },
    ),
  ),
  holds('an error of Lambda itself is handled as a throttle is', pages.asyncErrors, () =>
    withAsynchronousEvents(
      {
        answer: (count) => {
          if (count < 4) throw new Error('ServiceException');
          return { kind: 'success', payload: null };
        },
      },
      async ({ accept, clock, tries }) => {
        accept('event');
        await clock.advance(HOUR);
        assert.deepEqual(
          tries.map(({ at }) => at),
          [0, 1_000, 3_000, 7_000],
        );
      },
    ),
  ),
  holds('an event over its maximum age is discarded', pages.asyncConfiguring, () =>
    withAsynchronousEvents(
      { answer: throttled, config: { MaximumEventAgeInSeconds: 60 } },
      async ({ accept, clock, tries, events }) => {
        accept('event');
        await clock.advance(HOUR);
        assert((tries.at(-1)?.at ?? 0) < MINUTE);
        const last = events.at(-1);
        assert(last?.type === 'ended' && last.condition === 'EventAgeExceeded');
      },
    ),
  ),
  holds.decided('AWS does not say whether an event waits for a retry that would come too late')(
    'an event whose next retry would come too late is discarded when its age is reached',
    pages.asyncConfiguring,
    () =>
      withAsynchronousEvents(
        { answer: fails, config: { MaximumEventAgeInSeconds: 120 } },
        async ({ accept, clock, tries, stored, events }) => {
          accept('event');
          await clock.advance(2 * MINUTE - 1);
          assert.equal(tries.length, 2);
          assert.equal(stored.size, 1);
          await clock.advance(1);
          assert.equal(tries.length, 2);
          const last = events.at(-1);
          assert(last?.type === 'ended' && last.condition === 'EventAgeExceeded');
        },
      ),
  ),
  holds(
    'with a reserved concurrency of zero events are given up at once, without a try',
    pages.asyncRetainRecords,
    () =>
      withAsynchronousEvents(
        {
          answer: succeeds,
          reservedConcurrency: 0,
          properties: { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:eu-central-1:123456789012:dead' } },
        },
        async ({ accept, clock, tries, deadLetters }) => {
          accept('event');
          await clock.advance(0);
          assert.equal(tries.length, 0);
          assert.deepEqual(
            deadLetters.map(({ payload }) => payload),
            ['event'],
          );
        },
      ),
  ),
  holds('events that wait for a retry survive a kill, and wait on', pages.asyncErrors, () =>
    withAsynchronousEvents({ answer: fails }, async ({ accept, clock, tries, killAndStart }) => {
      const requestId = accept({ order: 1 });
      await clock.advance(30_000);
      killAndStart();
      await clock.advance(HOUR);
      assert.deepEqual(
        tries.map(({ at }) => at),
        [0, MINUTE, 3 * MINUTE],
      );
      assert(tries.every((one) => one.requestId === requestId));
    }),
  ),
  holds('an event that was at the function when the stack was killed is run again', pages.asyncErrors, () =>
    withAsynchronousEvents(
      {
        answer: async (_count, clock) => {
          await clock.sleep(10_000);
          return { kind: 'success', payload: null };
        },
      },
      async ({ accept, clock, tries, killAndStart, stored }) => {
        accept({ order: 1 });
        await clock.advance(5_000);
        killAndStart();
        await clock.advance(20_000);
        assert.equal(tries.length, 2);
        assert.equal(stored.size, 0);
      },
    ),
  ),
  holds('what a stop cuts off is no failed try of the function', pages.asyncErrors, () =>
    withAsynchronousEvents(
      {
        answer: async (count, clock) => {
          if (count > 1) return { kind: 'success', payload: null };
          await clock.sleep(5_000);
          return { kind: 'error', errorType: 'Runtime.ExitError', errorMessage: 'terminated' };
        },
      },
      async ({ accept, clock, tries, restart, stored }) => {
        accept({ order: 1 });
        await clock.advance(1_000);
        await restart();
        await clock.advance(0);
        assert.deepEqual(
          tries.map(({ at }) => at),
          [0, 5_000],
        );
        assert.equal(stored.size, 0);
      },
    ),
  ),
  holds('Lambda counts asynchronous events that it takes and drops, and their age', pages.metrics, () =>
    withAsynchronousEvents(
      { answer: inTurn(throttled, succeeds, fails) },
      async ({ accept, clock, values, metrics }) => {
        accept('first');
        await clock.advance(MINUTE);
        accept('second');
        await clock.advance(HOUR);
        assert.deepEqual(values('AsyncEventsReceived'), [1, 1]);
        assert.deepEqual(values('AsyncEventsDropped'), [1]);
        assert.deepEqual(values('AsyncEventAge'), [0, 1_000, 0, MINUTE, 3 * MINUTE]);
        assert(metrics.every(({ dimensions }) => dimensions.FunctionName === 'worker'));
        assert(metrics.every(({ timestamp }) => timestamp >= start));
      },
    ),
  ),
];
