import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Bundle, bareBundles, serviceBundles } from './support/bundles.ts';
import { type Row, runAlone } from './support/row.ts';
import { alternately, median } from './support/statistics.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 11);
const MOST = 1.3;

const BARE = {
  nothing: `export const handler = async () => ({});`,
  sns: `
    import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
    const client = new SNSClient({});
    export const handler = (input) => client.send(new PublishBatchCommand(input));`,
  dynamoDb: `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    export const handler = (input) => client.send(new GetCommand(input));`,
  dynamoDbAndSqs: `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
    import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    const queue = new SQSClient({});
    export const handler = async (input, message) => {
      await client.send(new GetCommand(input));
      await queue.send(new ChangeMessageVisibilityCommand(message));
    };`,
  s3AndSqs: `
    import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
    import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
    const client = new S3Client({});
    const queue = new SQSClient({});
    export const handler = async (input, message) => {
      await client.send(new PutObjectCommand(input));
      await queue.send(new ChangeMessageVisibilityCommand(message));
    };`,
} as const;
type Bare = keyof typeof BARE;

/** The clients that each function makes when it starts. */
const CLIENTS: Readonly<Record<string, Bare>> = {
  broadcaster: 'sns',
  pushNotifications: 'dynamoDbAndSqs',
  searchIndexing: 'dynamoDbAndSqs',
  contentModeration: 'dynamoDbAndSqs',
  draftReminders: 'dynamoDbAndSqs',
  archive: 's3AndSqs',
  getPushKey: 'nothing',
  getOpenapi: 'nothing',
  getOpenApi: 'nothing',
  unmatchedRoute: 'nothing',
};
const bareOf = ({ name }: Bundle): Bare => CLIENTS[name] ?? 'dynamoDb';

const PROGRAM = 'require(process.argv[1]); process.stdout.write(`${performance.now()}`)';

/** Milliseconds from the start of a process to its handler. */
const initOf = async (file: string, environment: Readonly<Record<string, string>>): Promise<number> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', PROGRAM, file], {
    env: { PATH: process.env.PATH, ...environment },
  });
  return Number(stdout);
};

/**
 * How long each packaged function takes from the start of its process to its handler, against a bare handler that
 * makes the same SDK clients, bundled without the service's aliases; both load their source maps, as on Lambda.
 */
export const init = async (): Promise<Row[]> => {
  const bundles = await serviceBundles();
  const bare = await bareBundles(BARE);
  try {
    // The same settings of the runtime for both.
    const environment = bundles.find(({ name }) => name === 'broadcaster')?.environment ?? {};
    const figures = await alternately(ROUNDS, {
      ...Object.fromEntries(
        Object.keys(BARE).map((name) => [`bare ${name}`, () => initOf(bare.fileOf(name), environment)]),
      ),
      ...Object.fromEntries(
        bundles.map((bundle) => [bundle.name, () => initOf(bundle.file, bundle.environment)]),
      ),
    });
    const all = bundles.map((bundle) => {
      const own = median(figures.get(bundle.name) ?? []);
      const base = median(figures.get(`bare ${bareOf(bundle)}`) ?? []);
      return { bundle, own, base, ratio: own / base };
    });
    const group = (what: string, against: string, belongs: (bundle: Bundle) => boolean): Row[] => {
      const [worst] = all.filter(({ bundle }) => belongs(bundle)).toSorted((a, b) => b.ratio - a.ratio);
      if (!worst) return [];
      const { bundle, own, base, ratio } = worst;
      return [
        {
          what: `init, ${what} (${bundle.name})`,
          against: `${against}, ${base.toFixed(0)} ms`,
          measured: `${own.toFixed(0)} ms`,
          ratio: ratio.toFixed(2),
          goal: `≤ ${MOST}`,
          met: ratio <= MOST,
        },
      ];
    };
    if (import.meta.main) {
      for (const { bundle, own, base, ratio } of all.toSorted((a, b) => b.ratio - a.ratio))
        console.log(
          `${bundle.name.padEnd(20)} ${own.toFixed(1)} ms, ${ratio.toFixed(2)} × ${base.toFixed(1)} ms`,
        );
    }
    const isSubscriber = (bundle: Bundle) => /Sqs$/.test(bareOf(bundle));
    return [
      ...group('broadcaster', 'a bare handler with its SDK client', ({ name }) => name === 'broadcaster'),
      ...group('worst subscriber', 'a bare handler with its SDK clients', isSubscriber),
      ...group(
        'worst with DynamoDB only',
        'a bare handler with its SDK client',
        (one) => bareOf(one) === 'dynamoDb',
      ),
      ...group(
        'worst without an SDK client',
        'a handler that only returns',
        (one) => bareOf(one) === 'nothing',
      ),
    ];
  } finally {
    await bare.remove();
  }
};

if (import.meta.main) await runAlone(init);
