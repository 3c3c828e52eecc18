import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bareBundles, serviceBundles } from './support/bundles.ts';
import { type Row, runAlone } from './support/row.ts';
import { alternately, median } from './support/statistics.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 11);
const MOST = 1.3;

/** The code that makes a client and makes one call with it. */
const CLIENT = {
  sns: `
    import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
    const sns = new SNSClient({});
    calls.push((input) => sns.send(new PublishBatchCommand(input)));`,
  dynamoDb: `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
    const dynamoDb = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    calls.push((input) => dynamoDb.send(new GetCommand(input)));`,
  sqs: `
    import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
    const sqs = new SQSClient({});
    calls.push((input) => sqs.send(new ChangeMessageVisibilityCommand(input)));`,
  s3: `
    import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
    const s3 = new S3Client({});
    calls.push((input) => s3.send(new PutObjectCommand(input)));`,
  secrets: `
    import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
    const secrets = new SecretsManagerClient({});
    calls.push((input) => secrets.send(new GetSecretValueCommand(input)));`,
} as const;
type Client = keyof typeof CLIENT;

/** The clients that each function makes when it starts; those not named make DynamoDB's alone. */
const CLIENTS: Readonly<Record<string, readonly Client[]>> = {
  broadcaster: ['sns'],
  pushNotifications: ['dynamoDb', 'secrets', 'sqs'],
  draftReminders: ['dynamoDb', 'secrets', 'sqs'],
  searchIndexing: ['dynamoDb', 'sqs'],
  contentModeration: ['dynamoDb', 'sqs'],
  archive: ['s3', 'sqs'],
  searchPosts: ['dynamoDb', 'secrets'],
  listUserPosts: ['dynamoDb', 'secrets'],
  getPushKey: ['secrets'],
  getOpenApi: [],
  unmatchedRoute: [],
};
const clientsOf = (name: string): readonly Client[] => CLIENTS[name] ?? ['dynamoDb'];
const bareOf = (name: string): string => ['bare', ...clientsOf(name)].join('-');

const bareSource = (clients: readonly Client[]): string =>
  [
    'const calls = [];',
    ...clients.map((client) => CLIENT[client]),
    'export const handler = (inputs) => Promise.all(calls.map((call, place) => call(inputs[place])));',
  ].join('\n');

const PROGRAM = `
  require(process.argv[1]);
  const { user, system } = process.cpuUsage();
  process.stdout.write(String((user + system) / 1000));`;

/** Milliseconds of CPU from the start of a process to its handler. */
const initOf = async (file: string, environment: Readonly<Record<string, string>>): Promise<number> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', PROGRAM, file], {
    env: { PATH: process.env.PATH, ...environment },
  });
  return Number(stdout);
};

/**
 * What the start of each packaged function takes, from its process to its handler, against a bare handler that makes
 * the same SDK clients, bundled without the service's aliases and without what maps the stacks of errors. In CPU time:
 * a start waits for nothing, and on a machine with other work the clock would measure that.
 */
export const init = async (): Promise<Row[]> => {
  const bundles = await serviceBundles();
  const names = bundles.map(({ name }) => name);
  const bare = await bareBundles(
    Object.fromEntries(names.map((name) => [bareOf(name), bareSource(clientsOf(name))])),
  );
  try {
    // The same settings of the runtime for both.
    const environment = bundles.find(({ name }) => name === 'broadcaster')?.environment ?? {};
    const figures = await alternately(ROUNDS, {
      ...Object.fromEntries(
        names.map((name) => [bareOf(name), () => initOf(bare.fileOf(bareOf(name)), environment)]),
      ),
      ...Object.fromEntries(
        bundles.map(({ name, file, environment }) => [name, () => initOf(file, environment)]),
      ),
    });
    const all = names
      .map((name) => {
        const own = median(figures.get(name) ?? []);
        const base = median(figures.get(bareOf(name)) ?? []);
        return { name, own, base, ratio: own / base };
      })
      .toSorted((a, b) => b.ratio - a.ratio);
    if (import.meta.main) {
      for (const { name, own, base, ratio } of all)
        console.log(`${name.padEnd(20)} ${own.toFixed(1)} ms, ${ratio.toFixed(2)} × ${base.toFixed(1)} ms`);
    }
    const worst = (what: string, belongs: (name: string) => boolean): Row[] =>
      all
        .filter(({ name }) => belongs(name))
        .slice(0, 1)
        .map(({ name, own, base, ratio }) => ({
          what: `init, ${what}${name === what ? '' : ` (${name})`}`,
          against: `a bare handler with ${clientsOf(name).length === 0 ? 'no SDK client' : 'its SDK clients'}, ${base.toFixed(0)} ms of CPU`,
          measured: `${own.toFixed(0)} ms of CPU`,
          ratio: ratio.toFixed(2),
          goal: `≤ ${MOST}`,
          met: ratio <= MOST,
        }));
    const isSubscriber = (name: string) => clientsOf(name).includes('sqs');
    const isOther = (name: string) => name !== 'broadcaster' && !isSubscriber(name);
    return [
      ...worst('broadcaster', (name) => name === 'broadcaster'),
      ...worst('worst subscriber', isSubscriber),
      ...worst('worst with an SDK client', (name) => isOther(name) && clientsOf(name).length > 0),
      ...worst('worst without an SDK client', (name) => clientsOf(name).length === 0),
    ];
  } finally {
    await bare.remove();
  }
};

if (import.meta.main) await runAlone(init);
