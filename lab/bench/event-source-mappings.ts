/**
 * Figures of the event source mappings on the embedded engines:
 *   npm run bench:mappings -w lab
 * Latency from the write to the handler, idle CPU with one stream and five queues (this process, which holds
 * the queues' engine, and the database's), and the throughput of a no-op handler.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { runTool } from '../../ops/run-tool.ts';
import { systemClock } from '../../packages/local-stack/src/clock.ts';
import {
  awsPorts,
  type EventSourceMapping,
  fileCheckpoints,
  parseEventSourceMapping,
  type StreamPolling,
  startEventSourceMappings,
  wakeOnWrites,
} from '../../packages/local-stack/src/event-source-mappings/index.ts';
import {
  createStreamedTable,
  putItems,
  startEngines,
} from '../../packages/local-stack/tests/event-source-mappings/support/engines.ts';

const sleep = (ms: number) => systemClock.sleep(ms);
const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const percentile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
const print = (name: string, value: number, unit: string, bound: string) =>
  console.log(`${name.padEnd(58)} ${value.toFixed(1).padStart(9)} ${unit.padEnd(10)} (${bound})`);

const HELP = `npm run bench:mappings -w lab

Figures of the event source mappings on the embedded engines.`;

await runTool({ help: HELP, options: {} }, async () => {
  const engines = await startEngines();
  const { dynamodb, sqs } = engines;

  /** CPU milliseconds of this process and of the database. */
  async function cpuMs(): Promise<number> {
    const { user, system } = process.cpuUsage();
    const stat = (await readFile(`/proc/${engines.databaseProcess}/stat`, 'utf8')).split(' ');
    return (user + system) / 1000 + (Number(stat[13]) + Number(stat[14])) * 10;
  }

  const marked = z.object({
    Records: z.array(
      z.object({
        body: z.string().optional(),
        dynamodb: z
          .object({ NewImage: z.object({ mark: z.object({ S: z.string() }).optional() }).optional() })
          .optional(),
      }),
    ),
  });
  type Marked = z.infer<typeof marked>['Records'][number];

  function start(
    mappings: EventSourceMapping[],
    handler: (records: Marked[]) => void,
    streamPolling?: StreamPolling,
  ) {
    return startEventSourceMappings({
      mappings,
      ...awsPorts(engines),
      checkpoints: fileCheckpoints(join(engines.directory, 'checkpoints')),
      clock: systemClock,
      metrics: () => {},
      log: (level, line) => level === 'error' && console.error(line),
      invoke: async (_function, event) => {
        handler(marked.parse(JSON.parse(JSON.stringify(event))).Records);
        return { kind: 'success', payload: null };
      },
      ...(streamPolling && { streamPolling }),
    });
  }

  const streamOf = (EventSourceArn: string, name: string) =>
    parseEventSourceMapping(
      { EventSourceArn, FunctionName: 'stream', StartingPosition: 'TRIM_HORIZON' },
      name,
    );

  try {
    const streamArn = await createStreamedTable(dynamodb, 'latency');
    const queueUrls: string[] = [];
    const queueMappings: EventSourceMapping[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `queue-${index}` }));
      queueUrls.push(QueueUrl);
      const EventSourceArn = `arn:aws:sqs:eu-central-1:000000000000:queue-${index}`;
      queueMappings.push(parseEventSourceMapping({ EventSourceArn, FunctionName: 'queue' }, `Queue${index}`));
    }

    for (const wakes of [true, false]) {
      console.log(wakes ? '\nwoken by writes of the database file' : '\nby polling alone');
      const seen = new Map<string, number>();
      const mappings = start(
        [streamOf(streamArn, `Latency${wakes}`), ...queueMappings],
        (records) => {
          for (const record of records) {
            const { body, dynamodb: change } = record;
            const mark = body ?? change?.NewImage?.mark?.S;
            if (mark) seen.set(mark, performance.now());
          }
        },
        wakes ? { activeMs: 30, idleMs: 1000 } : undefined,
      );
      const stopWatching = wakes ? wakeOnWrites(engines.databaseFile, mappings.wake) : () => {};
      await sleep(3000);

      const [cpu, at] = [await cpuMs(), performance.now()];
      await sleep(10_000);
      print(
        'idle CPU, 1 stream and 5 queues, engines included',
        (((await cpuMs()) - cpu) / (performance.now() - at)) * 100,
        '% of a core',
        'under 3',
      );

      for (const kind of ['stream', 'queue'] as const) {
        const latencies: number[] = [];
        for (let count = 0; count < 60; count += 1) {
          const mark = `${kind}-${wakes}-${count}`;
          // Pauses of many lengths, so that the polls are met at every phase.
          await sleep(40 + ((count * 97) % 700));
          const sentAt = performance.now();
          if (kind === 'stream')
            await dynamodb.send(
              new PutItemCommand({ TableName: 'latency', Item: { pk: { S: mark }, mark: { S: mark } } }),
            );
          else await sqs.send(new SendMessageCommand({ QueueUrl: queueUrls[count % 5], MessageBody: mark }));
          while (!seen.has(mark)) await sleep(1);
          latencies.push((seen.get(mark) ?? 0) - sentAt);
        }
        print(
          `new ${kind} record to the handler, median`,
          median(latencies),
          'ms',
          kind === 'stream' ? 'under 50' : 'under 30',
        );
        print(`new ${kind} record to the handler, 95th percentile`, percentile(latencies, 0.95), 'ms', '');
      }
      stopWatching();
      await mappings.stop();
    }

    console.log('\nthroughput');
    const total = 10_000;
    const busyArn = await createStreamedTable(dynamodb, 'throughput');
    await putItems(dynamodb, 'throughput', total);
    for (const factor of [1, 10]) {
      let delivered = 0;
      const done = Promise.withResolvers<void>();
      const busy = parseEventSourceMapping(
        {
          EventSourceArn: busyArn,
          FunctionName: 'stream',
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 100,
          ParallelizationFactor: factor,
        },
        `Throughput${factor}`,
      );
      const at = performance.now();
      const mappings = start([busy], (records) => {
        delivered += records.length;
        if (delivered === total) done.resolve();
      });
      await done.promise;
      print(
        `stream of ${total} records, batches of 100, parallelization ${factor}`,
        total / ((performance.now() - at) / 1000),
        'records/s',
        'over 3000',
      );
      await mappings.stop();
    }
  } finally {
    await engines.stop();
  }
  return 0;
});
