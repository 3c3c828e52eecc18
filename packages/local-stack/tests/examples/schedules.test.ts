import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Example, startExample } from './example.ts';

let example: Example;
beforeAll(async () => {
  example = await startExample('schedules');
}, 120_000);
afterAll(() => example.end());

const fire = (logicalId: string) => example.command(`/schedules/${logicalId}/fire`);

test('the start lists the schedules', () => {
  expect(example.stack.output()).toMatch(
    /^Schedules .*: CleanUpEventsRuleSchedule1 rate\(1 hour\), .*WakeSchedulerSchedule1 cron\(.*\) Europe\/Berlin$/m,
  );
});

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

/** What the program `local-stack fire` prints. */
const command = async (...words: string[]): Promise<string> => {
  const program = resolve(import.meta.dirname, '../../bin.cjs');
  const data = ['--dataDirectory', join(example.directory, 'data')];
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'fire', ...words, ...data], {
    cwd: example.directory,
  });
  return stdout;
};

test('local-stack fire lists the schedules, and fires one', async () => {
  expect(await command()).toMatch(
    /^CleanUpEventsRuleSchedule2 {2}cron\(0 12 \? \* MON-FRI \*\) {2}next at \d{4}-\d\d-\d\dT12:00:00\.000Z$/m,
  );
  const times = example.stack.output().split('removes what is older than 7 days').length;
  expect(await command('CleanUpEventsRuleSchedule1')).toBe('CleanUpEventsRuleSchedule1 fired.\n');
  await example.printed('removes what is older than 7 days', times);
  await expect(command('Nothing')).rejects.toThrow(/there is no schedule Nothing/);
}, 60_000);

test('one that is not there is refused, and those that are there are named', async () => {
  await expect(fire('Nothing')).rejects.toThrow(
    /there is no schedule Nothing, but .*CleanUpEventsRuleSchedule1/,
  );
});
