import assert from 'node:assert/strict';
import { parseScheduleExpression } from '../../../src/event-bridge/index.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import {
  rule,
  ruleArn,
  schedule,
  scheduleArn,
  withEventBridge,
  workArn,
  workerArn,
} from '../support/event-bridge-world.ts';

const holds = inArea('Schedules');

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** When an expression fires next, in ISO 8601 without milliseconds. */
const next = (expression: string, after: string, timezone?: string, allowsAt = true) => {
  const at = parseScheduleExpression(expression, { timezone, allowsAt }).next(Date.parse(after), 0);
  return at === undefined ? undefined : new Date(at).toISOString().replace('.000Z', 'Z');
};
const refused = (...expressions: readonly string[]) => {
  for (const expression of expressions)
    assert.throws(
      () => rule({ ScheduleExpression: expression }),
      /ScheduleExpression is not valid/,
      expression,
    );
};
const toWorker = { Targets: [{ Id: 'worker', Arn: workerArn }] };
const inExample = (name: string) => ({ file: 'examples/schedules.test.ts', name });
const inRights = (name: string) => ({ file: 'iam/enforcement.test.ts', name });

export const schedules: readonly Behaviour[] = [
  holds('a rate fires every so many minutes, hours or days', pages.scheduleRate, () =>
    withEventBridge(
      { rules: [rule({ ScheduleExpression: 'rate(5 minutes)', ...toWorker })] },
      async ({ clock, invoked }) => {
        await clock.advance(16 * MINUTE);
        assert.deepEqual(
          invoked.map(({ at }) => at),
          [5 * MINUTE, 10 * MINUTE, 15 * MINUTE],
        );
        for (const [expression, expected] of [
          ['rate(2 hours)', '1970-01-01T02:00:00Z'],
          ['rate(1 day)', '1970-01-02T00:00:00Z'],
        ] as const)
          assert.equal(next(expression, '1970-01-01T00:00:00Z'), expected);
      },
    ),
  ),
  holds('the unit of a rate of 1 is singular, of more it is plural', pages.scheduleRate, () => {
    refused('rate(1 minutes)', 'rate(5 minute)', 'rate(1 hours)', 'rate(2 day)');
    rule({ ScheduleExpression: 'rate(1 minute)' });
  }),
  holds('a rate is a whole number above zero of minutes, hours or days', pages.scheduleRate, () =>
    refused('rate(0 minutes)', 'rate(1.5 hours)', 'rate(5 seconds)', 'rate(2 weeks)', 'every(5 minutes)'),
  ),
  holds(
    'cron has six fields: minutes, hours, day of month, month, day of week, year',
    pages.scheduleCron,
    () => {
      assert.equal(next('cron(0 10 * * ? *)', '2026-01-15T10:00:00Z'), '2026-01-16T10:00:00Z');
      assert.equal(next('cron(15 12 1 JAN ? 2027)', '2026-01-15T10:00:00Z'), '2027-01-01T12:15:00Z');
      assert.equal(next('cron(0 8 1 1 ? 2020)', '2026-01-15T10:00:00Z'), undefined);
      refused('cron(0 10 * * ?)', 'cron(0 0 10 * * ? *)');
    },
  ),
  holds('one of the day of the month and the day of the week is a question mark', pages.scheduleCron, () =>
    refused('cron(0 12 * * MON *)', 'cron(0 12 * * * *)', 'cron(0 12 ? * ? *)'),
  ),
  holds('days of the week count from 1 for Sunday', pages.scheduleCron, () => {
    // January 15, 2026 is a Thursday.
    assert.equal(next('cron(0 12 ? * 1 *)', '2026-01-15T10:00:00Z'), '2026-01-18T12:00:00Z');
    assert.equal(next('cron(0 12 ? * 7 *)', '2026-01-15T10:00:00Z'), '2026-01-17T12:00:00Z');
    assert.equal(next('cron(0 12 ? * MON-FRI *)', '2026-01-16T12:00:00Z'), '2026-01-19T12:00:00Z');
    refused('cron(0 12 ? * 0 *)');
  }),
  holds('lists, ranges and steps stand in cron fields', pages.scheduleCron, () => {
    assert.equal(next('cron(5,35 14 * * ? *)', '2026-01-15T14:05:00Z'), '2026-01-15T14:35:00Z');
    assert.equal(next('cron(0/10 * ? * MON-FRI *)', '2026-01-15T10:01:00Z'), '2026-01-15T10:10:00Z');
    assert.equal(next('cron(0/5 8-17 ? * MON-FRI *)', '2026-01-15T17:56:00Z'), '2026-01-16T08:00:00Z');
  }),
  holds('L, W and # choose days: the last, the nearest weekday, the third Friday', pages.scheduleCron, () => {
    assert.equal(next('cron(0 9 L * ? *)', '2026-02-01T00:00:00Z'), '2026-02-28T09:00:00Z');
    assert.equal(next('cron(0 9 15W * ? *)', '2026-02-01T00:00:00Z'), '2026-02-16T09:00:00Z');
    assert.equal(next('cron(0 9 ? * 6#3 *)', '2026-02-01T00:00:00Z'), '2026-02-20T09:00:00Z');
    assert.equal(next('cron(0 9 ? * L *)', '2026-02-02T00:00:00Z'), '2026-02-07T09:00:00Z');
  }),
  holds('rules are in UTC, schedules of Scheduler in a time zone of their own', pages.schedulerTypes, () => {
    assert.equal(next('cron(30 7 * * ? *)', '2026-01-15T10:00:00Z', 'Europe/Berlin'), '2026-01-16T06:30:00Z');
    // In summer the same local time is another hour.
    assert.equal(next('cron(30 7 * * ? *)', '2026-07-15T10:00:00Z', 'Europe/Berlin'), '2026-07-16T05:30:00Z');
    assert.throws(() => parseScheduleExpression('rate(1 day)', { timezone: 'Mars/Olympus' }), /time zone/);
  }),
  holds(
    'at fires once, in the time zone of the schedule, and only in Scheduler',
    pages.schedulerTypes,
    async () => {
      await withEventBridge(
        {
          schedules: [
            schedule({
              ScheduleExpression: 'at(2026-01-15T12:30:00)',
              ScheduleExpressionTimezone: 'Europe/Berlin',
            }),
          ],
        },
        async ({ clock, invoked }) => {
          await clock.advance(30 * 24 * HOUR);
          assert.deepEqual(
            invoked.map(({ at }) => at),
            [90 * MINUTE],
          );
        },
      );
      refused('at(2026-01-15T12:30:00)');
    },
  ),
  holds('a schedule fires from its start date to its end date', pages.templateSchedule, () =>
    withEventBridge(
      {
        schedules: [
          schedule({
            ScheduleExpression: 'rate(1 hour)',
            StartDate: '2026-01-15T12:30:00Z',
            EndDate: '2026-01-15T15:00:00Z',
          }),
        ],
      },
      async ({ clock, invoked }) => {
        await clock.advance(24 * HOUR);
        assert.deepEqual(
          invoked.map(({ at }) => at / MINUTE),
          [150, 210, 270],
        );
      },
    ),
  ),
  holds('a disabled rule or schedule does not fire', pages.templateRule, () =>
    withEventBridge(
      {
        rules: [rule({ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED', ...toWorker })],
        schedules: [schedule({ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' })],
      },
      async ({ clock, invoked }) => {
        await clock.advance(HOUR);
        assert.deepEqual(invoked, []);
      },
    ),
  ),
  holds('a scheduled rule hands its target the documented event', pages.scheduledEvent, () =>
    withEventBridge(
      { rules: [rule({ ScheduleExpression: 'rate(5 minutes)', ...toWorker })] },
      async ({ clock, invoked }) => {
        await clock.advance(5 * MINUTE);
        const { id, ...event } = Object(invoked[0]?.event);
        assert.match(id, /^[0-9a-f-]{36}$/);
        assert.deepEqual(event, {
          ...{ version: '0', 'detail-type': 'Scheduled Event', source: 'aws.events' },
          ...{ account: '123456789012', time: '2026-01-15T10:05:00Z', region: 'eu-central-1' },
          ...{ resources: [ruleArn], detail: {} },
        });
      },
    ),
  ),
  holds(
    'a schedule without an input hands its function the event of Scheduler',
    pages.schedulerTemplated,
    () =>
      withEventBridge(
        { schedules: [schedule({ ScheduleExpression: 'rate(1 hour)' })] },
        async ({ clock, invoked }) => {
          await clock.advance(HOUR);
          const { source, resources, detail, time } = Object(invoked[0]?.event);
          assert.deepEqual(
            [source, resources, detail, time],
            ['aws.scheduler', [scheduleArn], '{}', '2026-01-15T11:00:00Z'],
          );
        },
      ),
  ),
  holds('keywords in the input of a schedule are replaced', pages.schedulerAttributes, () =>
    withEventBridge(
      {
        schedules: [
          schedule(
            { ScheduleExpression: 'rate(1 hour)' },
            {
              Arn: workArn,
              Input:
                '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number> <aws.scheduler.execution-id> <other>',
            },
          ),
        ],
        fails: (_arn, count) => (count === 1 ? new Error('away') : undefined),
      },
      async ({ clock, sent }) => {
        await clock.advance(HOUR + MINUTE);
        const [arn, time, attempt, execution, other] = sent[0]?.body.split(' ') ?? [];
        assert.deepEqual([arn, time, attempt, other], [scheduleArn, '2026-01-15T11:00:00Z', '2', '<other>']);
        assert.match(execution ?? '', /^[0-9a-f]{16}$/);
      },
    ),
  ),
  holds.decided('AWS has no such command; the console of a rule has none either')(
    'a schedule can be fired by hand, one that is disabled too',
    pages.schedulerTypes,
    () =>
      withEventBridge(
        { schedules: [schedule({ ScheduleExpression: 'rate(1 day)', State: 'DISABLED' })] },
        async ({ schedules: running, invoked }) => {
          await running.fire('Nightly');
          assert.equal(invoked.length, 1);
          await assert.rejects(running.fire('Other'), /there is no schedule Other, but Nightly/);
        },
      ),
  ),
  holds.decided('on AWS nothing is ever stopped')(
    'what was due while the stack or its machine slept fires once, not again and again',
    pages.schedulerTypes,
    () =>
      withEventBridge(
        { rules: [rule({ ScheduleExpression: 'rate(1 minute)', ...toWorker })] },
        async ({ clock, invoked, schedules: running }) => {
          const [status] = running.status();
          assert.equal(status?.next, clock.now() + MINUTE);
          // The timer of a machine that slept ends late.
          await clock.oversleep(10 * MINUTE + 1);
          assert.equal(invoked.length, 1);
          await clock.advance(MINUTE);
          assert.equal(invoked.length, 2);
        },
      ),
  ),
  holds('schedules are only on the default event bus', pages.templateRule, () => {
    assert.throws(
      () => rule({ ScheduleExpression: 'rate(1 day)', EventBusName: 'shop' }),
      /only on the default event bus/,
    );
  }),
  holds('a rule has a pattern or a schedule', pages.templateRule, () => {
    assert.throws(() => rule({}), /an EventPattern, a ScheduleExpression, or both/);
  }),
  holds(
    'schedules of both kinds fire their functions with their inputs',
    pages.schedulerTypes,
    inExample('a schedule of EventBridge Scheduler fires under its role, its keywords replaced'),
  ),
  holds(
    'Scheduler must be allowed to assume the role of a schedule',
    pages.schedulerRole,
    inRights('a schedule is refused whose role Scheduler may not assume'),
  ),
  holds(
    'a schedule does only what its role allows',
    pages.schedulerRole,
    inRights('and acts under that role'),
  ),
];
