import { type Example, startExample } from './example.ts';

let example: Example;
beforeAll(async () => {
  example = await startExample('schedules');
}, 120_000);
afterAll(() => example.end());

const fire = (logicalId: string) => example.command(`/schedules/${logicalId}/fire`);

test('a scheduled rule fires now, with the event of its kind or its own input', async () => {
  await fire('CleanUpEventsRuleSchedule1');
  await example.printed('removes what is older than 7 days');
  await fire('CleanUpEventsRuleSchedule2');
  await example.printed('removes what is older than 30 days');
});

test('an input transformer makes the event of a schedule', async () => {
  await fire('ReportEventsRuleSchedule1');
  await example.printed(/report of \d{4}-\d\d, asked for by schedules-dev-ReportEventsRuleSchedule1/);
});

test('a schedule of EventBridge Scheduler fires under its role, its keywords replaced', async () => {
  await fire('WakeSchedulerSchedule1');
  await example.printed(/awake since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/);
});

test('one that is not there is refused, and those that are there are named', async () => {
  await expect(fire('Nothing')).rejects.toThrow(
    /there is no schedule Nothing, but .*CleanUpEventsRuleSchedule1/,
  );
});
