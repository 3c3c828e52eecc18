// Sends events again, to one subscriber: npm run replay -- --help
import { OperatorError } from '../operator-error.ts';
import { readQueues, type Subscriber } from '../redrive/failures/dead-letter-queues.ts';
import { perSecondOf, spanOf } from '../redrive/options.ts';
import { paceOf } from '../redrive/pace.ts';
import { chooseTarget, TARGET_HELP, TARGET_OPTIONS } from '../redrive/target/choose.ts';
import { idOf, type Target } from '../redrive/target/target.ts';
import { runTool } from '../run-tool.ts';
import { brokenItems } from './broken-items.ts';
import { readArchive, s3ObjectReader } from './read-archive.ts';
import { countFor, replayTo } from './replay.ts';
import type { ReplayableEvent } from './replayable-event.ts';
import { type OnBroken, tableEvents } from './table-events.ts';

const HELP = `npm run replay -- --from <time> [--to <time>] [--subscriber <name>] [options]

Sends events again to the queue of one subscriber, and to nobody else, those that its filter policy lets pass. Each is
marked as replayed: whoever tells people something refuses it. Without --execute it only counts.

  --from, --to <time>     2026-11-20T10:00:00Z, 30m, 6h, 2d (default of --to: now)
  --subscriber <name>     for example search-indexing; without it, counts for every subscriber
  --source table          current state of posts that last changed in this time (default)
  --source archive        all events of this time, including removals; needs the archive subscriber
  --execute               really send
  --per-second <n>        (default: 50)

${TARGET_HELP}`;

/** Progress is reported each time this many more are sent. */
const TELL_EVERY = 500;

/** Reads the events of a span, Unix milliseconds. */
type Source = (
  target: Target,
  from: number,
  to: number,
  onBroken: OnBroken,
) => Promise<AsyncIterable<ReplayableEvent>>;

const fromTable: Source = async (target, from, to, onBroken) => {
  const table = await idOf(target, 'AWS::DynamoDB::Table', 'PostsTable');
  return tableEvents(target.clients.dynamoDb, table, from, to, onBroken);
};

const fromArchive: Source = async (target, from, to) => {
  const bucket = (await target.ofType('AWS::S3::Bucket')).get('ArchiveBucket');
  if (!bucket) throw new OperatorError(`${target.name} has no archive: use --source table`);
  return readArchive(s3ObjectReader(target.clients.s3, bucket), from, to);
};

const SOURCES = new Map<string, Source>([
  ['table', fromTable],
  ['archive', fromArchive],
]);

const sourceOf = (name: string): Source => {
  const source = SOURCES.get(name);
  if (source) return source;
  throw new OperatorError(`--source must be ${[...SOURCES.keys()].join(' or ')}, not "${name}"`);
};

const subscribersOf = async (target: Target, name: string | undefined): Promise<Subscriber[]> => {
  const { subscribers } = await readQueues(target);
  const chosen = subscribers.filter((subscriber) => name === undefined || subscriber.name === name);
  if (chosen.length > 0) return chosen;
  throw new OperatorError(
    `there is no subscriber ${name}; there are ${subscribers.map((known) => known.name).join(', ')}`,
  );
};

const OPTIONS = {
  ...TARGET_OPTIONS,
  from: { type: 'string' },
  to: { type: 'string' },
  subscriber: { type: 'string' },
  source: { type: 'string', default: 'table' },
  execute: { type: 'boolean', default: false },
  'per-second': { type: 'string', default: '50' },
} as const;

const tell = (line: string) => void process.stdout.write(`${line}\n`);

await runTool({ help: HELP, options: OPTIONS }, async ({ values }) => {
  if (values.from === undefined)
    throw new OperatorError('--from <time> is missing; --help lists the options');
  if (values.execute && values.subscriber === undefined) {
    throw new OperatorError('--execute sends to one subscriber: --subscriber <name> is missing');
  }
  const { from, to } = spanOf(values);
  const source = sourceOf(values.source);
  const perSecond = perSecondOf(values['per-second']);
  const target = chooseTarget(values);
  try {
    process.stderr.write(`On ${target.name}:\n`);
    const subscribers = await subscribersOf(target, values.subscriber);
    const broken = brokenItems();
    const events = await source(target, from, to, broken.onBroken);
    const [only] = subscribers;
    if (values.execute && only) {
      let told = 0;
      const sent = await replayTo(target, only, events, paceOf(perSecond), (count) => {
        if (count - told < TELL_EVERY) return;
        told = count;
        tell(`  ${count}`);
      });
      for (const line of broken.lines()) tell(line);
      tell(`Sent ${sent} events to ${only.queue.id}, marked as replayed.`);
      return 0;
    }
    for (const [name, changes] of await countFor(events, subscribers)) {
      const total = [...changes.values()].reduce((sum, count) => sum + count, 0);
      const kinds = [...changes].map(([change, count]) => `${count} ${change}`).join(', ');
      tell(`${name}: ${total} ${total === 1 ? 'event' : 'events'}${kinds && ` (${kinds})`}`);
    }
    for (const line of broken.lines()) tell(line);
    tell('Nothing was sent: this was a dry run. Add --subscriber <name> --execute to send.');
    return 0;
  } finally {
    target.close();
  }
});
