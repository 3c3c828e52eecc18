// Measures what one warm invocation of each function on a post's road costs: npm run capacity:measure
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import type { Post, PostStatus } from '../../../lib/posts/post.ts';
import { createClients } from '../../../packages/local-stack/src/clients.ts';
import { Template } from '../../../packages/local-stack/src/cloudformation/template.ts';
import { startEngines } from '../../../packages/local-stack/src/engines/index.ts';
import { functionDefinitions } from '../../../packages/local-stack/src/from-template/functions.ts';
import {
  environmentOf,
  type FunctionDefinition,
} from '../../../packages/local-stack/src/lambda-runtime/function-definition.ts';
import { provisionTemplate } from '../../../packages/local-stack/src/provisioning/index.ts';
import { secretStore } from '../../../packages/local-stack/src/provisioning/secret-store.ts';
import { serveSecretsManager } from '../../../packages/local-stack/src/secrets-manager.ts';
import { LOCAL_ACCOUNT, LOCAL_CLIENT_ID } from '../../../packages/local-stack/src/stack-constants.ts';
import { compiledService } from '../../../tests/support/compiled-service.ts';
import { MEASURED_FILE, type MeasuredFunction, SERVICES, type Service } from '../measured.ts';
import { type MeteredProxy, startMeteredProxy } from './metered-proxy.ts';
import { createPostRequest, queueBatch, samplePost, streamBatch } from './samples.ts';
import { unitsOf } from './units.ts';

/** Invocations of a batch size: few for the large ones, so that each size takes about as long. */
const RECORDS_OF_A_RUN = 600;
const MOST_INVOCATIONS = 300;
const RUNS = 5;
const DELAY_MS = 60;
const REGION = 'us-east-1';

interface Subject {
  key: string;
  batchSizes: readonly number[];
  eventOf: (posts: readonly Post[]) => unknown;
  status?: PostStatus;
  /** Whether the function looks the posts up. */
  stored?: boolean;
}

const SUBJECTS: readonly Subject[] = [
  { key: 'createPost', batchSizes: [1], eventOf: ([post]) => createPostRequest(post ?? samplePost()) },
  { key: 'broadcaster', batchSizes: [1, 10, 100], eventOf: streamBatch },
  { key: 'pushNotifications', batchSizes: [1, 10], eventOf: queueBatch },
  { key: 'searchIndexing', batchSizes: [1, 10], eventOf: queueBatch },
  { key: 'contentModeration', batchSizes: [1, 10], eventOf: queueBatch, stored: true },
  { key: 'archive', batchSizes: [1, 10, 100], eventOf: queueBatch },
  { key: 'draftReminders', batchSizes: [1, 10], eventOf: queueBatch, stored: true, status: 'draft' },
];

const Run = z.object({
  wallMs: z.number(),
  cpuMs: z.number(),
  logBytes: z.number(),
  answers: z.array(z.unknown()),
});
const Answer = z.union([
  z.object({ batchItemFailures: z.array(z.unknown()).max(0) }),
  z.object({ statusCode: z.literal(201) }),
]);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const service = await compiledService('dev', { archive: 'on', reminders: 'on' });
const template = Template.parse(service.template);
const engines = await startEngines({ region: REGION, ports: { dynamoDb: 0, messaging: 0 } });
const clients = createClients(engines.endpoints, REGION);
const proxies: Record<Service, MeteredProxy> = {
  dynamoDb: await startMeteredProxy(engines.endpoints.dynamoDb),
  sns: await startMeteredProxy(engines.endpoints.messaging),
  sqs: await startMeteredProxy(engines.endpoints.messaging),
  s3: await startMeteredProxy(engines.endpoints.messaging),
};

const secrets = secretStore(undefined);
const secretsManager = await serveSecretsManager(secrets);

const startWorker = async (definition: FunctionDefinition, logLevel: string): Promise<ChildProcess> => {
  const worker = fork(join(import.meta.dirname, 'worker.cjs'), [definition.handlerFile], {
    env: {
      ...environmentOf(definition, 'measure'),
      POWERTOOLS_LOG_LEVEL: logLevel,
      AWS_ENDPOINT_URL_DYNAMODB: proxies.dynamoDb.endpoint,
      AWS_ENDPOINT_URL_SNS: proxies.sns.endpoint,
      AWS_ENDPOINT_URL_SQS: proxies.sqs.endpoint,
      AWS_ENDPOINT_URL_S3: proxies.s3.endpoint,
    },
    execArgv: [],
  });
  await once(worker, 'message');
  return worker;
};

try {
  const provisioned = await provisionTemplate(template, {
    ...clients,
    stackName: 'post-broadcast-dev',
    region: REGION,
    accountId: LOCAL_ACCOUNT,
    secrets,
    identity: { issuer: 'http://127.0.0.1:3001', clientId: LOCAL_CLIENT_ID },
  });
  const prefix = 'post-broadcast-dev-';
  const definitions = functionDefinitions(
    provisioned,
    {
      codeDirectoryOf: (name) => service.codeDirectory(name.slice(prefix.length)),
    },
    { endpointsOf: () => engines.endpoints, secretsManager: secretsManager.endpoint, region: REGION },
  );
  const tables = new Map(
    provisioned.ofType('AWS::DynamoDB::Table').map(({ logicalId, ref, properties }) => [
      ref,
      {
        logicalId,
        indexes: z.array(z.unknown()).default([]).parse(properties.GlobalSecondaryIndexes).length,
      },
    ]),
  );
  const postsTable = provisioned.resources.get('PostsTable')?.ref ?? '';
  const nameOf = (table: string): string => tables.get(table)?.logicalId ?? table;

  const measure = async ({
    key,
    batchSizes,
    eventOf,
    status,
    stored,
  }: Subject): Promise<MeasuredFunction> => {
    const definition = definitions.find(({ functionName }) => functionName === `${prefix}${key}`);
    if (!definition) throw new Error(`the template has no function ${key}`);
    const worker = await startWorker(definition, 'INFO');
    const quietWorker = await startWorker(definition, 'WARN');
    const run = async (invocations: number, batchSize: number, by = worker) => {
      const batches = Array.from({ length: invocations }, () =>
        Array.from({ length: batchSize }, () => samplePost(status)),
      );
      if (stored) {
        await Promise.all(
          batches.flat().map((post) =>
            clients.dynamoDb.send(
              new PutItemCommand({
                TableName: postsTable,
                Item: marshall({ ...post, correlationId: 'measure' }, { removeUndefinedValues: true }),
              }),
            ),
          ),
        );
      }
      for (const proxy of Object.values(proxies)) proxy.takeRequests();
      by.send(batches.map(eventOf));
      const [message] = await once(by, 'message');
      const { wallMs, cpuMs, logBytes, answers } = Run.parse(message);
      for (const answer of answers) Answer.parse(answer);
      const taken = SERVICES.map((of) => ({ of, requests: proxies[of].takeRequests() }));
      const requests = taken.flatMap(({ requests: each }) => each);
      return {
        cpuMs: cpuMs / invocations,
        wallMs: wallMs / invocations,
        logBytes: Math.round(logBytes / invocations),
        units: unitsOf(requests, (table) => tables.get(table)?.indexes ?? 0),
        services: taken.filter(({ requests: each }) => each.length > 0).map(({ of }) => of),
        invocations,
      };
    };
    /**
     * Round trips one after another to a service, by how much later everything is done when it answers later. The
     * quickest of some runs: whatever else the machine does only makes them longer.
     */
    const stepsOf = async (of: Service, batchSize: number): Promise<number> => {
      const quickest = async (delayMs: number): Promise<number> => {
        proxies[of].delayMs = delayMs;
        const times = [];
        for (let index = 0; index < RUNS; index += 1) times.push((await run(5, batchSize)).wallMs);
        return Math.min(...times);
      };
      try {
        const undelayed = await quickest(0);
        return Math.max(0, Math.round(((await quickest(DELAY_MS)) - undelayed) / DELAY_MS));
      } finally {
        proxies[of].delayMs = 0;
      }
    };
    try {
      const points: MeasuredFunction['points'] = [];
      for (const records of batchSizes) {
        const invocations = Math.min(MOST_INVOCATIONS, Math.max(10, Math.round(RECORDS_OF_A_RUN / records)));
        await run(invocations, records);
        const runs = [];
        for (let index = 0; index < RUNS; index += 1) runs.push(await run(invocations, records));
        const [last] = runs;
        if (!last) throw new Error('nothing was measured');
        const undelayedMs = median(runs.map(({ wallMs }) => wallMs));
        const each = (counts: Record<string, number>, named = (name: string) => name) =>
          Object.fromEntries(
            Object.entries(counts).map(([name, count]) => [
              named(name),
              Math.round((count / last.invocations) * 100) / 100,
            ]),
          );
        const steps: Partial<Record<Service, number>> = {};
        for (const of of SERVICES) {
          if (!last.services.includes(of)) continue;
          const count = await stepsOf(of, records);
          if (count > 0) steps[of] = count;
        }
        points.push({
          records,
          cpuMs: Math.round(median(runs.map(({ cpuMs }) => cpuMs)) * 100) / 100,
          wallMs: Math.round(undelayedMs * 100) / 100,
          steps,
          logBytes: median(runs.map(({ logBytes }) => logBytes)),
          logBytesAtWarn: (await run(10, records, quietWorker)).logBytes,
          calls: each(last.units.calls),
          writeUnits: each(last.units.writes, nameOf),
          readUnits: each(last.units.reads, nameOf),
        });
        console.log(key, JSON.stringify(points.at(-1)));
      }
      return { points };
    } finally {
      worker.kill();
      quietWorker.kill();
    }
  };

  const functions: Record<string, MeasuredFunction> = {};
  for (const subject of SUBJECTS) functions[subject.key] = await measure(subject);
  const [cpu] = cpus();
  const stat = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  await writeFile(
    MEASURED_FILE,
    `${JSON.stringify(
      {
        command: 'npm run capacity:measure',
        measuredOn: new Date().toISOString().slice(0, 10),
        machine: `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${/MemTotal: +(\d+)/.exec(stat)?.[1] ?? '?'} KiB`,
        node: process.version,
        functions,
      },
      null,
      2,
    )}\n`,
  );
} finally {
  clients.destroy();
  await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()));
  await secretsManager.close();
  await engines.stop();
}
