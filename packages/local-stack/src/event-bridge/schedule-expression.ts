import { Cron } from 'croner';

/** When a schedule fires. */
export interface ScheduleExpression {
  /**
   * The first moment after `after` at which it fires; `undefined` when there is none. Both Unix milliseconds.
   * @param since what a rate counts from, Unix milliseconds
   */
  next(after: number, since: number): number | undefined;
}

/** An expression that EventBridge would not accept. */
export class InvalidScheduleExpression extends Error {}

const UNITS_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

const rate = (text: string, value: string, unit: string): ScheduleExpression => {
  const count = Number(value);
  const milliseconds = UNITS_MS[unit.replace(/s$/, '')];
  if (milliseconds === undefined || count < 1)
    throw new InvalidScheduleExpression(`${text} is not rate(<number> minutes|hours|days)`);
  // "rate(1 hours)" and "rate(5 minute)" are refused by EventBridge, too.
  if ((count === 1) === unit.endsWith('s'))
    throw new InvalidScheduleExpression(`${text}: the unit of 1 is singular, of more it is plural`);
  const period = count * milliseconds;
  return { next: (after, since) => since + (Math.floor((after - since) / period) + 1) * period };
};

const FIELDS = 6;

const cron = (text: string, fields: string, timezone: string): ScheduleExpression => {
  const parts = fields.trim().split(/\s+/);
  const [, , dayOfMonth = '', , dayOfWeek = ''] = parts;
  if (parts.length !== FIELDS)
    throw new InvalidScheduleExpression(
      `${text} has ${parts.length} fields, not six: minutes, hours, day of month, month, day of week, year`,
    );
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new InvalidScheduleExpression(
      `${text}: exactly one of the day of the month and the day of the week must be "?"`,
    );
  // Alone it stands for Saturday, the last day of the week.
  if (dayOfWeek === 'L') parts[4] = '7';
  let parsed: Cron;
  try {
    parsed = new Cron(`0 ${parts.join(' ')}`, {
      ...{ paused: true, mode: '7-part', timezone },
      // In AWS's dialect Sunday is 1, and 0/10 is every ten from 0 on.
      ...{ alternativeWeekdays: true, sloppyRanges: true },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : String(cause);
    throw new InvalidScheduleExpression(`${text}: ${reason}`, { cause });
  }
  return { next: (after) => parsed.nextRun(new Date(after))?.getTime() };
};

const at = (text: string, local: string, timezone: string): ScheduleExpression => {
  let moment: number | undefined;
  try {
    moment = new Cron(local, { paused: true, timezone }).nextRun(new Date(0))?.getTime();
  } catch (cause) {
    throw new InvalidScheduleExpression(`${text} is not at(yyyy-mm-ddThh:mm:ss)`, { cause });
  }
  return { next: (after) => (moment !== undefined && moment > after ? moment : undefined) };
};

/**
 * Reads a schedule expression of a rule or of EventBridge Scheduler.
 * @param options.timezone an IANA name; rules know UTC only
 * @param options.allowsAt whether `at(…)` may be said, which rules do not know
 * @throws {InvalidScheduleExpression}
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export const parseScheduleExpression = (
  text: string,
  { timezone = 'UTC', allowsAt = false }: { timezone?: string | undefined; allowsAt?: boolean } = {},
): ScheduleExpression => {
  if (!Intl.supportedValuesOf('timeZone').includes(timezone) && timezone !== 'UTC')
    throw new InvalidScheduleExpression(`${timezone} is not the name of a time zone`);
  const [, value = '', unit] = /^rate\(\s*(\d+)\s+([a-z]+)\s*\)$/.exec(text) ?? [];
  if (unit !== undefined) return rate(text, value, unit);
  const [, fields] = /^cron\((.*)\)$/.exec(text) ?? [];
  if (fields !== undefined) return cron(text, fields, timezone);
  const [, local] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text) ?? [];
  if (local !== undefined && allowsAt) return at(text, local, timezone);
  throw new InvalidScheduleExpression(`${text} is not rate(…)${allowsAt ? ', at(…)' : ''} or cron(…)`);
};
