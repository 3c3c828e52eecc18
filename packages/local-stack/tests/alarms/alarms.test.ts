import { type AlarmResource, type AlarmStateChange, createAlarms } from '../../src/alarms/index.ts';
import { createMetricStore } from '../../src/metrics/index.ts';

const minute = 60_000;
const midnight = Date.UTC(2026, 10, 20);

const metricAlarm = (properties: object, logicalId = 'Errors'): AlarmResource => ({
  logicalId,
  type: 'AWS::CloudWatch::Alarm',
  properties: {
    AlarmName: logicalId.toLowerCase(),
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    ...properties,
  },
});
const compositeAlarm = (AlarmRule: string, logicalId = 'Unhealthy', properties = {}): AlarmResource => ({
  logicalId,
  type: 'AWS::CloudWatch::CompositeAlarm',
  properties: { AlarmName: logicalId.toLowerCase(), AlarmRule, ...properties },
});

function watch(...resources: AlarmResource[]) {
  const time = { now: midnight };
  const sleeps: { ms: number; wake: () => void }[] = [];
  const clock = {
    now: () => time.now,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((wake) => {
        signal?.addEventListener('abort', () => wake());
        sleeps.push({ ms, wake });
      }),
  };
  const store = createMetricStore({ clock });
  const changes: AlarmStateChange[] = [];
  const alarms = createAlarms({
    alarms: resources,
    store,
    clock,
    onStateChange: (change) => changes.push(change),
  });
  /** Records values in the minute that begins now, then evaluates when it is over. */
  const pass = (data: Record<string, readonly number[]> = {}) => {
    for (const [name, values] of Object.entries(data)) {
      for (const value of values) {
        store.record({
          namespace: 'AWS/Lambda',
          name,
          dimensions: { FunctionName: 'f' },
          unit: 'Count',
          value,
          timestamp: time.now + 1000,
        });
      }
    }
    time.now += minute;
    alarms.evaluate();
    return alarms.states().map(({ state }) => state);
  };
  return { alarms, store, changes, pass, time, sleeps };
}

describe('a metric alarm', () => {
  test('begins without data, and changes its state once', () => {
    const { alarms, changes, pass } = watch(
      metricAlarm({ AlarmActions: ['topic'], OKActions: ['ok-topic'] }),
    );
    expect(alarms.state('errors')).toEqual({
      alarmName: 'errors',
      logicalId: 'Errors',
      description: undefined,
      state: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      since: midnight,
      withoutData: [],
    });
    expect(pass({ Errors: [0] })).toEqual(['OK']);
    expect(pass({ Errors: [0, 2, 3] })).toEqual(['ALARM']);
    expect(pass({ Errors: [1] })).toEqual(['ALARM']);
    expect(changes).toEqual([
      {
        alarmName: 'errors',
        logicalId: 'Errors',
        oldState: 'INSUFFICIENT_DATA',
        newState: 'OK',
        reason:
          'Threshold Crossed: 1 out of the last 1 datapoints [0.0 (20/11/26 00:00:00)] was not greater than the threshold (0.0) (minimum 1 datapoint for INSUFFICIENT_DATA -> OK transition).',
        timestamp: midnight + minute,
        actions: ['ok-topic'],
      },
      {
        alarmName: 'errors',
        logicalId: 'Errors',
        oldState: 'OK',
        newState: 'ALARM',
        reason:
          'Threshold Crossed: 1 out of the last 1 datapoints [5.0 (20/11/26 00:01:00)] was greater than the threshold (0.0) (minimum 1 datapoint for OK -> ALARM transition).',
        timestamp: midnight + 2 * minute,
        actions: ['topic'],
      },
    ]);
  });

  test('says which metrics never have data here, unless one of its others has', () => {
    const sum = (Id: string, Namespace: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace, MetricName }, Period: 60, Stat: 'Sum' },
    });
    const both = (first: object, second: object) => ({
      Metrics: [first, second, { Id: 'both', Expression: 'one + other' }],
      Namespace: undefined,
      MetricName: undefined,
    });
    const reads = ['AWS/DynamoDB', 'ReadThrottleEvents'] as const;
    const { alarms } = watch(
      metricAlarm({ Namespace: 'AWS/DynamoDB', MetricName: 'UserErrors' }, 'Table'),
      metricAlarm({ Namespace: 'AWS/SQS', MetricName: 'NumberOfMessagesSent' }, 'Queue'),
      metricAlarm({ Namespace: 'Shop', MetricName: 'Orders' }, 'Own'),
      metricAlarm(both(sum('one', ...reads), sum('other', 'AWS/ES', 'FreeStorageSpace')), 'Neither'),
      metricAlarm(both(sum('one', ...reads), sum('other', 'AWS/Lambda', 'Errors')), 'Half'),
    );
    expect(alarms.states().map(({ withoutData }) => withoutData)).toEqual([
      ['AWS/DynamoDB UserErrors'],
      ['AWS/SQS NumberOfMessagesSent'],
      [],
      ['AWS/DynamoDB ReadThrottleEvents', 'AWS/ES FreeStorageSpace'],
      [],
    ]);
  });

  test('with its actions off notifies nobody', () => {
    const { changes, pass } = watch(metricAlarm({ AlarmActions: ['topic'], ActionsEnabled: 'false' }));
    pass({ Errors: [1] });
    expect(changes).toMatchObject([{ newState: 'ALARM', actions: [] }]);
  });

  test.each([
    ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
    ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
    ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
    ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
  ])('%s 5: 4, 5, 6 mean %s', (ComparisonOperator, expected) => {
    const { pass } = watch(metricAlarm({ ComparisonOperator, Threshold: 5 }));
    expect([4, 5, 6].flatMap((value) => pass({ Errors: [value] }))).toEqual(expected);
  });

  test('on 2 out of 3 goes off with the second breach, and is back when only one is left', () => {
    const { pass, changes } = watch(metricAlarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 }));
    const states = [0, 0, 1, 0, 1, 0, 0, 0].flatMap((value) => pass({ Errors: [value] }));
    expect(states).toEqual(['OK', 'OK', 'OK', 'OK', 'ALARM', 'OK', 'OK', 'OK']);
    expect(changes[1]?.reason).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [1.0 (20/11/26 00:04:00), 1.0 (20/11/26 00:02:00)] were greater than the threshold (0.0) (minimum 2 datapoints for OK -> ALARM transition).',
    );
  });

  test.each([
    ['missing', 'INSUFFICIENT_DATA', 'Insufficient Data: 1 datapoint was unknown.'],
    [
      'notBreaching',
      'OK',
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    ],
    ['ignore', 'ALARM', expect.stringContaining('Threshold Crossed: 1 out of')],
    ['breaching', 'ALARM', expect.stringContaining('Threshold Crossed: 1 out of')],
  ])('that treats missing data as %s becomes %s when data stop', (TreatMissingData, state, reason) => {
    const { alarms, pass } = watch(metricAlarm({ TreatMissingData }));
    expect(pass({ Errors: [1] })).toEqual(['ALARM']);
    expect([...pass(), ...pass()]).toEqual(['ALARM', 'ALARM']);
    expect(pass()).toEqual([state]);
    expect(alarms.state('errors')?.reason).toEqual(reason);
  });

  test('of the DynamoDB namespace ignores missing data whatever it says', () => {
    const { pass, store, time } = watch(
      metricAlarm({ Namespace: 'AWS/DynamoDB', TreatMissingData: 'notBreaching' }),
    );
    const dimensions = { FunctionName: 'f' };
    store.record({
      namespace: 'AWS/DynamoDB',
      name: 'Errors',
      dimensions,
      unit: 'Count',
      value: 1,
      timestamp: time.now,
    });
    const states = Array.from({ length: 6 }, () => pass()).flat();
    expect(states).toEqual(Array(6).fill('ALARM'));
  });

  test('a window longer than a minute moves by the minute', () => {
    const { pass } = watch(metricAlarm({ Period: 300, Threshold: 10, TreatMissingData: 'notBreaching' }));
    const states = [5, 6, 0, 0, 0, 0, 0].flatMap((value) => pass({ Errors: [value] }));
    expect(states).toEqual(['OK', 'ALARM', 'ALARM', 'ALARM', 'ALARM', 'OK', 'OK']);
  });

  test('on a percentile may ignore few samples', () => {
    const properties = { Statistic: undefined, ExtendedStatistic: 'p90', Threshold: 50 };
    const ignoring = watch(metricAlarm({ ...properties, EvaluateLowSampleCountPercentile: 'ignore' }));
    const evaluating = watch(metricAlarm(properties));
    const few = [1, 1, 100, 100];
    expect(ignoring.pass({ Errors: few })).toEqual(['INSUFFICIENT_DATA']);
    expect(evaluating.pass({ Errors: few })).toEqual(['ALARM']);
    expect(ignoring.pass({ Errors: Array(100).fill(100) })).toEqual(['ALARM']);
  });

  test('counts only its own dimensions', () => {
    const { pass } = watch(metricAlarm({ Dimensions: [], TreatMissingData: 'notBreaching' }));
    expect(pass({ Errors: [1] })).toEqual(['OK']);
  });
});

describe('an alarm on an expression', () => {
  const stat = (Id: string, MetricName: string, Stat = 'Sum') => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
      },
      Period: 60,
      Stat,
    },
  });
  const mathAlarm = (...Metrics: object[]) =>
    metricAlarm({
      Namespace: undefined,
      MetricName: undefined,
      Dimensions: undefined,
      Statistic: undefined,
      Period: undefined,
      Threshold: 10,
      Metrics,
    });

  test('of metrics and other expressions', () => {
    const { pass } = watch(
      mathAlarm(
        {
          Id: 'rate',
          Expression: '50 * (FILL(failed, 0) + FILL(failed, 0)) / m2',
          Label: 'error rate',
          ReturnData: true,
        },
        { Id: 'failed', Expression: 'SUM(METRICS("m1"))', ReturnData: false },
        stat('m1', 'Errors'),
        stat('m2', 'Invocations'),
      ),
    );
    expect(pass({ Errors: [1], Invocations: [10] })).toEqual(['OK']);
    expect(pass({ Errors: [1, 1], Invocations: [10] })).toEqual(['ALARM']);
    expect(pass({ Invocations: [10] })).toEqual(['OK']);
  });

  test.each([
    [
      'an unknown function',
      [{ Id: 'e', Expression: 'SEARCH("a", "b", 300)' }, stat('m1', 'Errors')],
      /e: SEARCH.*not supported/,
    ],
    [
      'an unknown id',
      [{ Id: 'e', Expression: 'm1 + m9' }, stat('m1', 'Errors')],
      /there is no m9 among Metrics/,
    ],
    [
      'a circle',
      [{ Id: 'e', Expression: 'f' }, { Id: 'f', Expression: 'e', ReturnData: false }, stat('m1', 'Errors')],
      /refers to itself/,
    ],
    [
      'two results',
      [{ Id: 'e', Expression: 'm1' }, { Id: 'f', Expression: 'm1' }, stat('m1', 'Errors')],
      /exactly one/,
    ],
    [
      'an unknown statistic',
      [{ ...stat('m1', 'Errors', 'tm90'), ReturnData: true }],
      /tm90 is not supported/,
    ],
    ['nothing', [{ Id: 'e' }], /same period/],
  ])('with %s is refused by name', (_name, metrics, message) => {
    expect(() => watch(mathAlarm(...metrics))).toThrow(/^The alarm Errors: /);
    expect(() => watch(mathAlarm(...metrics))).toThrow(message);
  });
});

describe('a composite alarm', () => {
  const two = [metricAlarm({}), metricAlarm({ MetricName: 'Throttles' }, 'Throttles')];
  test.each([
    ['ALARM("errors")', 'ALARM'],
    ['ALARM(errors) AND ALARM(throttles)', 'OK'],
    ['ALARM("errors") OR ALARM("throttles")', 'ALARM'],
    ['ALARM("errors") AND NOT ALARM("throttles")', 'ALARM'],
    ['NOT (ALARM("errors") OR ALARM("throttles"))', 'OK'],
    ['OK("throttles")', 'ALARM'],
    ['INSUFFICIENT_DATA("throttles")', 'OK'],
    ['ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors")', 'ALARM'],
    ['ALARM(arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors)', 'ALARM'],
    ['TRUE', 'ALARM'],
    ['FALSE OR (TRUE AND FALSE)', 'OK'],
    ['ALARM(throttles) OR ALARM(errors) AND OK(throttles)', 'ALARM'],
    ['(ALARM(errors) OR ALARM(errors)) AND ALARM(throttles)', 'OK'],
  ])('%s is %s', (rule, expected) => {
    const { pass } = watch(...two, compositeAlarm(rule));
    expect(pass({ Errors: [1], Throttles: [0] })).toEqual(['ALARM', 'OK', expected]);
  });

  test('changes together with the alarm that it looks at, and says which', () => {
    const { pass, changes } = watch(
      compositeAlarm('ALARM("errors")', 'Unhealthy', { AlarmActions: ['topic'] }),
      metricAlarm({}),
    );
    expect(pass({ Errors: [1] })).toEqual(['ALARM', 'ALARM']);
    expect(changes[1]).toEqual({
      alarmName: 'unhealthy',
      logicalId: 'Unhealthy',
      oldState: 'INSUFFICIENT_DATA',
      newState: 'ALARM',
      reason: 'errors transitioned to ALARM at Friday 20 November, 2026 00:01:00 UTC',
      timestamp: midnight + minute,
      actions: ['topic'],
    });
    expect(pass({ Errors: [0] })).toEqual(['OK', 'OK']);
    expect(changes).toHaveLength(4);
  });

  test('takes any name, of whatever signs', () => {
    const name = 'posts-dev table: throttles OK (Read) AND "more"';
    const rule = `ALARM("${name.replaceAll('"', '\\"')}") AND NOT OK('${name}')`;
    const { pass } = watch(metricAlarm({ AlarmName: name }), compositeAlarm(rule));
    expect(pass({ Errors: [1] })).toEqual(['ALARM', 'ALARM']);
  });

  test('may look at other composite alarms, in whatever order they are written', () => {
    const { pass } = watch(
      compositeAlarm('ALARM(inner)', 'Outer'),
      compositeAlarm('ALARM(errors)', 'Inner'),
      two[0] ?? metricAlarm({}),
    );
    expect(pass({ Errors: [1] })).toEqual(['ALARM', 'ALARM', 'ALARM']);
  });

  test.each([
    ['ALARM("nobody")', /its rule looks at nobody/],
    ['ALARM("unhealthy")', /its rule looks at unhealthy/],
    ['ALARM(errors', /unexpected|expected/],
    ['errors', /unexpected "errors"/],
    ['ALARM(errors) ALARM(errors)', /unexpected "ALARM"/],
    ['', /unexpected "the end"/],
  ])('%j is refused by name', (rule, message) => {
    expect(() => watch(metricAlarm({}), compositeAlarm(rule))).toThrow(/^The alarm Unhealthy: /);
    expect(() => watch(metricAlarm({}), compositeAlarm(rule))).toThrow(message);
  });
});

describe('what is wrong in the template is refused, naming the alarm', () => {
  test.each([
    [{ ComparisonOperator: 'LessThanLowerThreshold' }, /ComparisonOperator/],
    [{ EvaluationPeriods: 0 }, /EvaluationPeriods/],
    [{ Statistic: undefined }, /a statistic/],
    [{ Statistic: undefined, ExtendedStatistic: 'tm99' }, /tm99 is not supported/],
    [{ MetricName: undefined }, /MetricName/],
    [{ TreatMissingData: 'maybe' }, /TreatMissingData/],
  ])('%j', (properties, message) => {
    expect(() => watch(metricAlarm(properties))).toThrow(/^The alarm Errors: /);
    expect(() => watch(metricAlarm(properties))).toThrow(message);
  });

  test('two alarms of one name', () => {
    expect(() => watch(metricAlarm({}), metricAlarm({}))).toThrow(
      /another alarm already has the name errors/,
    );
  });

  test('numbers may be texts, and an alarm without a name has its logical id', () => {
    const { pass, alarms } = watch(
      metricAlarm({ AlarmName: undefined, Threshold: '5', Period: '60', EvaluationPeriods: '1' }),
    );
    pass({ Errors: [6] });
    expect(alarms.state('Errors')?.state).toBe('ALARM');
  });
});

describe('the loop', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('evaluates just after every full minute until it is stopped', async () => {
    const { alarms, store, sleeps, time, changes } = watch(metricAlarm({}));
    time.now = midnight + 20_000;
    alarms.start();
    alarms.start();
    expect(sleeps.map(({ ms }) => ms)).toEqual([41_000]);
    store.record({
      namespace: 'AWS/Lambda',
      name: 'Errors',
      dimensions: { FunctionName: 'f' },
      unit: 'Count',
      value: 1,
      timestamp: time.now,
    });
    time.now = midnight + 61_000;
    sleeps[0]?.wake();
    await turn();
    expect(changes).toMatchObject([{ newState: 'ALARM' }]);
    expect(sleeps[1]?.ms).toBe(60_000);
    alarms.stop();
    await turn();
    expect(sleeps).toHaveLength(2);
  });

  test('evaluates every ten seconds when an alarm asks for it', () => {
    const { alarms, sleeps } = watch(metricAlarm({ Period: 10 }));
    alarms.start();
    expect(sleeps[0]?.ms).toBe(11_000);
    alarms.stop();
  });
});
