import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { parseEventSourceMapping, startEventSourceMappings } from '#local/event-source-mappings/index.ts';
import { type CompiledService, compiledService } from '#tests/support/compiled-service.ts';
import { lambdaContext } from '#tests/support/sqs.ts';
import { createMemoryQueues } from '../../packages/local-stack/tests/conformance/support/memory-queue.ts';
import { createMemoryStream } from '../../packages/local-stack/tests/conformance/support/memory-stream.ts';
import { createVirtualClock } from '../../packages/local-stack/tests/conformance/support/virtual-clock.ts';
import { createMemoryCheckpoints } from '../../packages/local-stack/tests/conformance/support/world.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';
const { queueConsumer } = await import('#lib/platform/queue-consumer.ts');

const SUBSCRIBERS = ['PushNotifications', 'SearchIndexing', 'ContentModeration'] as const;
type Subscriber = (typeof SUBSCRIBERS)[number];
const BROKEN: Subscriber = 'SearchIndexing';

const MINUTE = 60_000;
/** How long the broken subscriber stays broken, and posts keep coming. */
const HOUR = 60 * MINUTE;
const POST_EVERY = 5_000;
const WORK = 20;

type Trouble = 'none' | 'fails' | 'is slow' | 'runs into its timeout';

const QueueProperties = z.object({
  VisibilityTimeout: z.number(),
  RedrivePolicy: z.object({ maxReceiveCount: z.number() }),
});
const MappingProperties = z.looseObject({ FunctionResponseTypes: z.array(z.string()) });
const FunctionProperties = z.object({ Timeout: z.number() });

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
const Message = z.object({ id: z.string(), occurredAt: z.string() });

/** Lets an hour of posts pass through all three subscribers, in virtual time, with the stack's own settings. */
const anHourOfPosts = async ({ template }: CompiledService, trouble: Trouble) => {
  const properties = <Schema extends z.ZodType>(schema: Schema, logicalId: string): z.infer<Schema> =>
    schema.parse(template.Resources[logicalId]?.Properties);

  const clock = createVirtualClock();
  const began = clock.now();
  const queues = createMemoryQueues(clock);
  const latencies = new Map<Subscriber, number[]>(SUBSCRIBERS.map((name) => [name, []]));
  const handled = new Map<Subscriber, Set<string>>(SUBSCRIBERS.map((name) => [name, new Set()]));
  const sentAt = new Map<string, number>();

  const isBroken = (name: Subscriber) => name === BROKEN && clock.now() - began < HOUR;
  const work = async (name: Subscriber, id: string): Promise<void> => {
    if (isBroken(name) && trouble === 'fails') throw new Error('what is behind the subscriber is down');
    await clock.sleep(isBroken(name) && trouble === 'is slow' ? 25_000 : WORK);
    handled.get(name)?.add(id);
    latencies.get(name)?.push(clock.now() - (sentAt.get(id) ?? 0));
  };

  const invoke = async (functionName: string, event: unknown) => {
    const name = SUBSCRIBERS.find((subscriber) => subscriber === functionName) ?? BROKEN;
    if (isBroken(name) && trouble === 'runs into its timeout') {
      await clock.sleep(properties(FunctionProperties, `${name}LambdaFunction`).Timeout * 1_000);
      return { kind: 'error' as const, errorType: 'Sandbox.Timedout', errorMessage: 'timed out' };
    }
    const consume = queueConsumer({
      schema: Message,
      handle: async ({ id }) => {
        await work(name, id);
        return undefined;
      },
      logKeys: ({ id }) => ({ id }),
      occurredAt: ({ occurredAt }) => occurredAt,
      postpone: async ({ receiptHandle }, seconds) => queues.hide(arnOf(name), receiptHandle, seconds),
    });
    const batch: SQSEvent = JSON.parse(JSON.stringify(event));
    return { kind: 'success' as const, payload: await consume(batch, lambdaContext()) };
  };

  for (const name of SUBSCRIBERS) {
    const { VisibilityTimeout, RedrivePolicy } = properties(QueueProperties, `${name}Queue`);
    queues.create(arnOf(`${name}Dead`));
    queues.create(arnOf(name), {
      visibilityTimeoutSeconds: VisibilityTimeout,
      redrive: { deadLetterArn: arnOf(`${name}Dead`), maxReceiveCount: RedrivePolicy.maxReceiveCount },
    });
  }
  const mappings = SUBSCRIBERS.map((name) => {
    const declared = properties(MappingProperties, `${name}EventSourceMappingSQS${name}Queue`);
    return parseEventSourceMapping({ ...declared, EventSourceArn: arnOf(name), FunctionName: name }, name);
  });
  const running = startEventSourceMappings({
    mappings,
    streams: createMemoryStream(clock),
    queues,
    destinations: { sendMessage: async () => {}, publish: async () => {}, putObject: async () => {} },
    checkpoints: createMemoryCheckpoints(),
    invoke,
    clock,
    metrics: () => {},
    log: () => {},
    onEvent: () => {},
  });

  const count = HOUR / POST_EVERY;
  for (let number = 0; number < count; number += 1) {
    const id = `post-${number}`;
    sentAt.set(id, clock.now());
    const body = JSON.stringify({ id, occurredAt: new Date(clock.now()).toISOString() });
    for (const name of SUBSCRIBERS) queues.send(arnOf(name), body);
    await clock.advance(POST_EVERY);
  }
  const untilDrained = async () => {
    await clock.until(() => SUBSCRIBERS.every((name) => queues.bodies(arnOf(name)).length === 0), 3 * HOUR);
    return (clock.now() - began - HOUR) / MINUTE;
  };
  const drainedAfterMinutes = await untilDrained();
  let stopped = false;
  const stopping = running.stop().then(() => {
    stopped = true;
  });
  await clock.until(() => stopped);
  await stopping;

  return {
    count,
    drainedAfterMinutes,
    handled: (name: Subscriber) => handled.get(name)?.size ?? 0,
    dead: (name: Subscriber) => queues.bodies(arnOf(`${name}Dead`)).length,
    slowest: (name: Subscriber) => Math.max(...(latencies.get(name) ?? [])),
    latencies: (name: Subscriber) => latencies.get(name) ?? [],
  };
};

const OTHERS = SUBSCRIBERS.filter((name) => name !== BROKEN);

type Hour = Awaited<ReturnType<typeof anHourOfPosts>>;
const hours = new Map<Trouble, Hour>();
const hourWhenIt = (trouble: Trouble): Hour => {
  const hour = hours.get(trouble);
  if (!hour) throw new Error(`nobody tried what happens when it ${trouble}`);
  return hour;
};
beforeAll(async () => {
  const service = await compiledService('dev', {}, { withCode: false });
  for (const trouble of ['none', 'fails', 'is slow', 'runs into its timeout'] as const) {
    hours.set(trouble, await anHourOfPosts(service, trouble));
  }
}, 120_000);

describe('one subscriber in trouble for an hour', () => {
  test.each(['fails', 'is slow', 'runs into its timeout'] as const)(
    'leaves the latency of the others as it was when it %s',
    (trouble) => {
      const [well, troubled] = [hourWhenIt('none'), hourWhenIt(trouble)];
      for (const name of OTHERS) {
        expect(troubled.handled(name)).toBe(troubled.count);
        expect(troubled.latencies(name)).toEqual(well.latencies(name));
        expect(troubled.slowest(name)).toBe(WORK);
        expect(troubled.dead(name)).toBe(0);
      }
    },
  );

  test('drains by itself afterwards when it failed, with nothing in the dead-letter queue', () => {
    const troubled = hourWhenIt('fails');
    expect(troubled.handled(BROKEN)).toBe(troubled.count);
    expect(troubled.dead(BROKEN)).toBe(0);
    // The last wait of a message is an hour.
    expect(troubled.drainedAfterMinutes).toBeLessThanOrEqual(61);
  });

  test('has nothing left to do afterwards when it was only slow', () => {
    const troubled = hourWhenIt('is slow');
    expect(troubled.handled(BROKEN)).toBe(troubled.count);
    expect(troubled.drainedAfterMinutes).toBeLessThanOrEqual(1);
  });

  test('loses nothing when it ran into its timeout: what it did not handle waits in the dead-letter queue', () => {
    const troubled = hourWhenIt('runs into its timeout');
    expect(troubled.handled(BROKEN) + troubled.dead(BROKEN)).toBe(troubled.count);
    expect(troubled.handled(BROKEN)).toBeGreaterThan(0);
    expect(troubled.dead(BROKEN)).toBeGreaterThan(0);
  });
});
