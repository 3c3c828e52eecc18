// What a month costs, and what binds first: npm run cost -w lab -- --posts-per-day 1000000. docs/cost-and-capacity.md
// explains each formula.
import { OperatorError } from '../../ops/operator-error.ts';
import { type Given, runTool } from '../../ops/run-tool.ts';
import { type CompiledTemplate, compiledService } from '../../tests/support/compiled-service.ts';

/** US dollars in us-east-1, read in secondary sources in November 2026: AWS's price pages say what holds today. */
const USD = {
  apiRequest: 1 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  // arm64.
  lambdaGbSecond: 0.0000133334,
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  // Up to 64 KiB; a batch of ten is one.
  topicRequest: 0.5 / 1e6,
  queueRequest: 0.4 / 1e6,
  logGb: 0.5,
  trace: 5 / 1e6,
  alarm: 0.1,
  dashboard: 3,
  customMetric: 0.3,
  secret: 0.4,
  key: 1,
  searchNodeHour: 0.036,
  searchGb: 0.122,
} as const;

const DAY = 86_400;
const MONTH = 30.4 * DAY;
/** Batches of a queue that are received side by side while its mapping has a maximum concurrency. */
const POLLERS = 5;
const LONG_POLL_SECONDS = 20;
const STREAM_POLLS_A_SECOND = 4;
/** Of a new table's stream: one for each 1,000 write units of the 4,000 that the table starts with. */
const NEW_TABLE_SHARDS = 4;

/**
 * What a post of ten words brings about that is published, reviewed and approved: two changes, one message to each of
 * three subscribers. Milliseconds are those of the deployed memory, for an invocation and for each record in it.
 */
const POST = {
  changes: 2,
  tables: { PostsTable: { write: 4, read: 1 }, NotificationsTable: { write: 1, read: 0 } },
  searchTable: { SearchIndexTable: { write: 12, read: 1 } },
  devicesRead: 0.5,
  api: { gigabytes: 0.25, milliseconds: 15 },
  broadcaster: { gigabytes: 0.5, milliseconds: 22, perRecord: 0.3 },
  subscribers: {
    pushNotifications: { gigabytes: 0.25, milliseconds: 17, perRecord: 2 },
    searchIndexing: { gigabytes: 0.25, milliseconds: 22, perRecord: 6 },
    contentModeration: { gigabytes: 0.5, milliseconds: 9, perRecord: 1 },
  },
  // A line for each event, and the platform's three lines of an invocation.
  logBytes: { ofARecord: 850, ofAnInvocation: 345 },
} as const;

export interface Settings {
  postsPerDay: number;
  /** Parameter `batchingWindow`. */
  windowSeconds: number;
  /** Parameter `tracing`. */
  tracing: boolean;
  /** Parameter `logLevel`: false for WARN. */
  logsEvents: boolean;
}
export type Bill = Readonly<Record<string, number>>;

export const total = (bill: Bill): number => Object.values(bill).reduce((sum, usd) => sum + usd, 0);

/** Arrivals at random, seen only where something arrived: an average batch of those that gather in so many seconds. */
const gathered = (ratePerSecond: number, seconds: number): number => {
  const expected = ratePerSecond * seconds;
  return expected < 1e-9 ? 1 : expected / -Math.expm1(-expected);
};

/** Records of an average batch of the stream. */
export const streamBatch = (recordsPerSecond: number, windowSeconds: number): number =>
  Math.min(
    100,
    gathered(recordsPerSecond / NEW_TABLE_SHARDS, Math.max(windowSeconds, 1 / STREAM_POLLS_A_SECOND)),
  );

/** Messages of an average batch of a queue: without a window each is received as it comes, until pollers are busy. */
const queueBatch = (messagesPerSecond: number, windowSeconds: number): number =>
  Math.min(10, 1 + (messagesPerSecond / POLLERS) * windowSeconds);

/** Each function has a traced invocation a second, and one in twenty of the others. */
const traced = (perSecond: number): number => Math.min(1, perSecond) + 0.05 * Math.max(0, perSecond - 1);

interface Invoked {
  perSecond: number;
  records: number;
  gigabytes: number;
  milliseconds: number;
  /** False where the trace of a caller goes on. */
  beginsTraces?: boolean;
}

const invocations = (
  { tracing, logsEvents }: Settings,
  { perSecond, records, gigabytes, milliseconds, beginsTraces = true }: Invoked,
): Record<'Lambda' | 'logs' | 'traces', number> => {
  const { ofARecord, ofAnInvocation } = POST.logBytes;
  return {
    Lambda: perSecond * MONTH * (USD.lambdaRequest + (milliseconds / 1_000) * gigabytes * USD.lambdaGbSecond),
    logs: ((perSecond * MONTH * (ofAnInvocation + (logsEvents ? records * ofARecord : 0))) / 1e9) * USD.logGb,
    traces: tracing && beginsTraces ? traced(perSecond) * MONTH * USD.trace : 0,
  };
};

const added = (bills: readonly Bill[]): Bill => {
  const sum: Record<string, number> = {};
  for (const bill of bills)
    for (const [name, usd] of Object.entries(bill)) sum[name] = (sum[name] ?? 0) + usd;
  return sum;
};

/** What a post costs in either design: its request, and what is written and read for it. */
export const postBill = (settings: Settings): Bill => {
  const perSecond = settings.postsPerDay / DAY;
  const units = [
    ...Object.values(POST.tables),
    ...Object.values(POST.searchTable),
    { write: 0, read: POST.devicesRead },
  ];
  return added([
    { API: perSecond * MONTH * USD.apiRequest },
    invocations(settings, { perSecond, records: 1, ...POST.api }),
    ...units.map(({ write, read }) => ({
      DynamoDB: perSecond * MONTH * (write * USD.writeUnit + read * USD.readUnit),
    })),
  ]);
};

/** From the stream to the subscribers' work: batches to the topic, a queue in front of each subscriber. */
export const fanOutBill = (settings: Settings): Bill => {
  const posts = settings.postsPerDay / DAY;
  const { windowSeconds } = settings;
  const records = streamBatch(posts * POST.changes, windowSeconds);
  const batches = (posts * POST.changes) / records;
  const { broadcaster } = POST;
  const size = queueBatch(posts, windowSeconds);
  const queueRequests =
    // SNS sends each message; the mapping receives as they come and deletes a batch in one request.
    posts * 2 + posts / size;
  return added([
    { SNS: batches * Math.max(1, records / 10) * MONTH * USD.topicRequest },
    invocations(settings, {
      perSecond: batches,
      records,
      gigabytes: broadcaster.gigabytes,
      milliseconds: broadcaster.milliseconds + records * broadcaster.perRecord,
    }),
    ...Object.values(POST.subscribers).flatMap(({ gigabytes, milliseconds, perRecord }) => [
      { SQS: queueRequests * MONTH * USD.queueRequest },
      invocations(settings, {
        perSecond: posts / size,
        records: size,
        gigabytes,
        milliseconds: milliseconds + size * perRecord,
      }),
    ]),
  ]);
};

/** The plain design: a publish for each record, and the topic invokes each subscriber with each message. */
export const plainFanOutBill = (settings: Settings): Bill => {
  const posts = settings.postsPerDay / DAY;
  const records = streamBatch(posts * POST.changes, 0);
  const { broadcaster } = POST;
  return added([
    { SNS: posts * POST.changes * MONTH * USD.topicRequest },
    invocations(settings, {
      perSecond: (posts * POST.changes) / records,
      records,
      gigabytes: broadcaster.gigabytes,
      // One round trip after the other.
      milliseconds: records * broadcaster.milliseconds,
    }),
    ...Object.values(POST.subscribers).map(({ gigabytes, milliseconds, perRecord }) =>
      invocations(settings, {
        perSecond: posts,
        records: 1,
        gigabytes,
        milliseconds: milliseconds + perRecord,
        beginsTraces: false,
      }),
    ),
  ]);
};

/** What stands there when nothing is posted, counted in the compiled template. */
export const idleBill = ({ Resources }: CompiledTemplate): Bill => {
  const count = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type).length;
  const mappings = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
  const queues = mappings.filter(({ Properties }) => Properties.ScalingConfig !== undefined).length;
  const counted = mappings.filter(({ Properties }) => Properties.MetricsConfig !== undefined).length;
  const domains = count('AWS::OpenSearchService::Domain');
  return {
    alarms: count('AWS::CloudWatch::Alarm') * USD.alarm,
    dashboard: count('AWS::CloudWatch::Dashboard') * USD.dashboard,
    // A mapping that polls nothing emits PolledEventCount alone.
    'event counts': counted * USD.customMetric,
    secrets: count('AWS::SecretsManager::Secret') * USD.secret,
    key: count('AWS::KMS::Key') * USD.key,
    'polling empty queues': queues * (POLLERS / LONG_POLL_SECONDS) * MONTH * USD.queueRequest,
    'search domain': domains * ((MONTH / 3_600) * USD.searchNodeHour + 10 * USD.searchGb),
  };
};

/** What binds at which rate: a limit, and what a post a second uses of it. */
export const limits = () => {
  const { subscribers, api, broadcaster } = POST;
  const seconds = (
    { milliseconds, perRecord }: { milliseconds: number; perRecord: number },
    records: number,
  ) => (milliseconds + records * perRecord) / 1_000;
  const busy = Object.values(subscribers).reduce(
    (sum, each) => sum + seconds(each, 1),
    api.milliseconds / 1_000,
  );
  const search = POST.searchTable.SearchIndexTable.write;
  return [
    ['a new search table: 4,000 write units a second', 4_000 / search],
    ['apiRateLimit on prod: 1,000 requests a second', 1_000],
    ['one word in every post: 1,000 write units of a partition', 1_000],
    [
      'a lane of each of 4 shards: 100 records a batch',
      (NEW_TABLE_SHARDS * 100) / seconds(broadcaster, 100) / POST.changes,
    ],
    ...Object.entries(subscribers).map(([name, each]): [string, number] => [
      `concurrency 10 of ${name}: 10 batches of 10`,
      100 / (seconds(each, 10) + 0.02),
    ]),
    ['40,000 write units a second of the search table', 40_000 / search],
    ['API Gateway: 10,000 requests a second', 10_000],
    ['SNS: 30,000 messages a second', 30_000 / POST.changes],
    ['Lambda: 1,000 concurrent invocations', 1_000 / busy],
  ].toSorted(([, a], [, b]) => Number(a) - Number(b));
};

const dollars = (usd: number): string => `$${usd.toFixed(2)}`;
const lines = (bill: Bill): string[] =>
  Object.entries(bill)
    .filter(([, usd]) => usd > 0)
    .map(([name, usd]) => `  ${dollars(usd).padStart(10)}  ${name}`);

const OPTIONS = {
  'posts-per-day': { type: 'string', default: '1000000' },
  window: { type: 'string', default: '0' },
  'no-traces': { type: 'boolean', default: false },
  'no-event-lines': { type: 'boolean', default: false },
  param: { type: 'string', multiple: true, default: [] as string[] },
} as const;

const HELP = `npm run cost -w lab -- [options]

What a month costs, and what binds first.

  --posts-per-day <n>     (default: 1000000)
  --window <seconds>      the parameter batchingWindow (default: 0)
  --no-traces             as with tracing=PassThrough
  --no-event-lines        as with logLevel=WARN
  --param <name>=<value>  a parameter of the service; can be repeated`;

const main = async ({ values }: Given<typeof OPTIONS>): Promise<number> => {
  const number = (name: string, text: string): number => {
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
    throw new OperatorError(`--${name} must be a number and is "${text}"`);
  };
  const settings: Settings = {
    postsPerDay: number('posts-per-day', values['posts-per-day']),
    windowSeconds: number('window', values.window),
    tracing: !values['no-traces'],
    logsEvents: !values['no-event-lines'],
  };
  const parameters = Object.fromEntries(values.param.map((text) => text.split('=', 2)));
  const idle = idleBill((await compiledService('prod', parameters, { withCode: false })).template);
  const [post, fanOut, plain] = [postBill, fanOutBill, plainFanOutBill].map((bill) => bill(settings));
  const whole = total(post ?? {}) + total(fanOut ?? {}) + total(idle);
  process.stdout.write(
    `${[
      `Idle: ${dollars(total(idle))} a month`,
      ...lines(idle),
      `${settings.postsPerDay} posts a day: ${dollars(whole)} a month, ${dollars((whole / settings.postsPerDay / 30.4) * 1e6)} for a million posts`,
      'Each post itself:',
      ...lines(post ?? {}),
      `Fan-out: ${dollars(total(fanOut ?? {}))}, the plain design ${dollars(total(plain ?? {}))}`,
      ...lines(fanOut ?? {}),
      'What binds, from posts a second:',
      ...limits().map(([what, rate]) => `  ${String(Math.floor(Number(rate))).padStart(10)}  ${what}`),
    ].join('\n')}\n`,
  );
  return 0;
};

if (import.meta.main) await runTool({ help: HELP, options: OPTIONS }, main);
