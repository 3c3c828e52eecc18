// Deploys the service to MiniStack with the framework's own command, sends a post through the whole stack, deploys a
// change, and removes everything. It shows that the stack deploys and that posts flow. Nothing about failures is
// concluded from it: the emulator's own retries, permissions and redrives are not those of AWS.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { PostEvent } from '../../lib/events/post-event.ts';
import { runTool } from '../../ops/run-tool.ts';
import { tokenOf } from '../../ops/token.ts';
import { pythonTool, skipLoudly, ToolUnreachable } from '../../scripts/python-tool.ts';
import { until } from '../../tests/support/until.ts';
import { deployableCopy, physicalIds, STACK_NAME } from './deployment.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { type ApiClient, apiClient, isFound, oneIsLeft, partialFailure, toldOf } from './flow.ts';

const MINISTACK = 'ministack==1.5.33';
// With it the emulator signs tokens and verifies them at the API.
const CRYPTOGRAPHY = 'cryptography==50.0.2';
const REGION = 'us-east-1';
const PASSWORD = 'rehearsal-of-a-deployment';

const step = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
  const start = performance.now();
  const result = await work();
  console.log(`✔ ${what} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return result;
};
const mustBe = (what: string, truth: boolean): void => {
  if (!truth) throw new Error(`failed: ${what}`);
};

const clientsOf = () => ({
  cloudFormation: new CloudFormationClient({ region: REGION }),
  dynamoDb: new DynamoDBClient({ region: REGION }),
  lambda: new LambdaClient({ region: REGION }),
  s3: new S3Client({ region: REGION, forcePathStyle: true }),
  sqs: new SQSClient({ region: REGION }),
});

/** A message for search-indexing alone, as the broadcaster would have published it. */
const eventAbout = (content: string): PostEvent => {
  const now = new Date().toISOString();
  return {
    schemaVersion: 1,
    eventId: 'rehearsal',
    eventType: 'INSERT',
    change: 'published',
    postId: '01M7W302704G2GYWV09D5K97NN',
    userId: 'rehearsal',
    contentType: 'text',
    status: 'published',
    timestamp: now,
    content,
    version: 1,
    occurredAt: now,
    correlationId: 'rehearsal',
  };
};

const rehearse = async (emulator: Emulator, directory: string): Promise<void> => {
  const { cloudFormation, dynamoDb, lambda, s3, sqs } = clientsOf();
  const copy = await deployableCopy(directory, emulator.environment);
  let ids = new Map<string, string>();
  const id = (logicalId: string): string => {
    const physical = ids.get(logicalId);
    if (!physical) throw new Error(`the stack has no ${logicalId}`);
    return physical;
  };
  const apiUrl = () => `${emulator.endpoint}/_aws/execute-api/${id('HttpApi')}/$default`;
  // Functions on open routes would ask the pool's issuer, which is AWS itself, for its keys: they are read without.
  const anonymous = () => apiClient(apiUrl());
  const connect = async (): Promise<ApiClient> => {
    ids = await physicalIds(cloudFormation);
    return apiClient(apiUrl(), await tokenOf(STACK_NAME, REGION, 'ada@example.com', { password: PASSWORD }));
  };

  await step('sls deploy', copy.deploy);
  const api = await step('a token of the user pool', connect);
  await step('a caller without a token is refused', async () => {
    mustBe('the answer is 401', (await anonymous().statusOf('DELETE', '/posts/any')) === 401);
  });

  const { draft, post } = await step('a post goes from the deployed API to the last subscriber', async () => {
    const draft = await api.create('an unfinished thought', 'draft');
    const post = await api.create('a lighthouse in the fog', 'published');
    await isFound(api, 'lighthouse', post.postId);
    await until('its author is told', 30_000, async () =>
      (await toldOf(dynamoDb, id('NotificationsTable'), post.userId)).includes(post.postId),
    );
    return { draft, post };
  });
  await step('what the filter policy leaves out does not arrive', async () => {
    const told = await toldOf(dynamoDb, id('NotificationsTable'), draft.userId);
    mustBe('nobody is told of the draft', !told.includes(draft.postId));
    mustBe('search does not know the draft', !(await api.found('unfinished')).includes(draft.postId));
  });
  await step('of a batch that fails in part, the good message is done and the other stays', async () => {
    const event = eventAbout('a harbour at dawn');
    await partialFailure(sqs, id('SearchIndexingQueue'), event);
    await isFound(api, 'harbour', event.postId);
    await oneIsLeft(sqs, [id('SearchIndexingQueue'), id('SearchIndexingDeadLetterQueue')]);
  });

  await step('sls deploy, with a change', async () => {
    await copy.change('serverless.yml', 'logLevel: INFO', 'logLevel: DEBUG');
    await copy.deploy();
    const { Environment } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: id('BroadcasterLambdaFunction') }),
    );
    mustBe('the change is there', Environment?.Variables?.POWERTOOLS_LOG_LEVEL === 'DEBUG');
  });
  await step('the data is still there, and posts still flow', async () => {
    mustBe('the post can be read', (await anonymous().statusOf('GET', `/posts/${post.postId}`)) === 200);
    const another = await api.create('a kingfisher by the river', 'published');
    await isFound(api, 'kingfisher', another.postId);
  });

  await step('sls remove, with something in the failures bucket', async () => {
    const bucket = id('FailuresBucket');
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'parked/rehearsal.json', Body: '{}' }));
    await copy.remove();
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    mustBe('no bucket is left', Buckets.length === 0);
  });
  await step('sls deploy again, after the removal', async () => {
    await copy.deploy();
    await connect();
    mustBe('the old post is gone', (await anonymous().statusOf('GET', `/posts/${post.postId}`)) === 404);
  });
};

const main = async (): Promise<void> => {
  const commands = await step(MINISTACK, async () => pythonTool(MINISTACK, CRYPTOGRAPHY));
  const directory = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  let emulator: Emulator | undefined;
  try {
    const service = join(directory, 'service');
    await mkdir(service);
    emulator = await startEmulator(commands, directory);
    Object.assign(process.env, emulator.environment);
    await rehearse(emulator, service);
    console.log('The stack deploys and flows.');
  } catch (error) {
    console.error(`What the emulator said last:\n${await emulator?.lastLines(60)}`);
    throw error;
  } finally {
    await emulator?.stop();
    await rm(directory, { recursive: true, force: true });
  }
};

const HELP =
  'npm run rehearse -w lab\n\nDeploys to an emulator, sends posts through the whole stack, and removes everything.';

await runTool({ help: HELP, options: {} }, async () => {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ToolUnreachable)) throw error;
    skipLoudly('no deployment was rehearsed', error);
  }
  return 0;
});
