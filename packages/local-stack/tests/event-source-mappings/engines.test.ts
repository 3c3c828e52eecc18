import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';
import {
  awsPorts,
  type EventSourceMappings,
  fileCheckpoints,
  parseEventSourceMapping,
  startEventSourceMappings,
  wakeOnWrites,
} from '../../src/event-source-mappings/index.ts';
import type { InvokeFunction } from '../../src/lambda-runtime/invocation.ts';
import { createStreamedTable, type Engines, putItems, startEngines } from './support/engines.ts';

let engines: Engines;
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.stop());

const running: EventSourceMappings[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((mappings) => mappings.stop()));
});

/** Starts mappings whose functions are the given one. */
function start(
  properties: Record<string, Record<string, unknown>>,
  invoke: InvokeFunction,
  idleMs = 30,
): EventSourceMappings {
  const mappings = startEventSourceMappings({
    mappings: Object.entries(properties).map(([name, values]) =>
      parseEventSourceMapping({ FunctionName: name, ...values }, name),
    ),
    ...awsPorts(engines),
    checkpoints: fileCheckpoints(join(engines.directory, 'checkpoints')),
    clock: systemClock,
    metrics: () => {},
    log: () => {},
    backoff: { firstMs: 5, maximumMs: 20 },
    streamPolling: { activeMs: 10, idleMs },
    longPollSeconds: 20,
    endLongPolls: engines.endLongPolls,
    invoke,
  });
  running.push(mappings);
  return mappings;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

const success = { kind: 'success', payload: null } as const;
const queueEvent = z.object({ Records: z.array(z.object({ messageId: z.string() })) });
const streamEvent = z.object({
  Records: z.array(z.object({ dynamodb: z.object({ Keys: z.object({ pk: z.object({ S: z.string() }) }) }) })),
});

test('a change reaches the function in the shape Lambda delivers', async () => {
  const streamArn = await createStreamedTable(engines.dynamodb, 'shapes');
  const events: unknown[] = [];
  start(
    { Shapes: { EventSourceArn: streamArn, StartingPosition: 'TRIM_HORIZON', BatchSize: 1 } },
    async (_name, event) => {
      events.push(JSON.parse(JSON.stringify(event)));
      return success;
    },
  );
  const item = {
    pk: { S: 'a' },
    bytes: { B: new Uint8Array([1, 2, 255]) },
    many: { BS: [new Uint8Array([7])] },
    nested: { M: { list: { L: [{ NULL: true }, { BOOL: false }, { B: new Uint8Array([9]) }] } } },
    numbers: { NS: ['1', '2'] },
  };
  await engines.dynamodb.send(new PutItemCommand({ TableName: 'shapes', Item: item }));
  await engines.dynamodb.send(new DeleteItemCommand({ TableName: 'shapes', Key: { pk: { S: 'a' } } }));
  await until(() => events.length === 2);

  const image = {
    pk: { S: 'a' },
    bytes: { B: 'AQL/' },
    many: { BS: ['Bw=='] },
    nested: { M: { list: { L: [{ NULL: true }, { BOOL: false }, { B: 'CQ==' }] } } },
    numbers: { NS: ['1', '2'] },
  };
  const common = { eventVersion: '1.1', eventSource: 'aws:dynamodb', eventSourceARN: streamArn };
  const change = { Keys: { pk: { S: 'a' } }, StreamViewType: 'NEW_AND_OLD_IMAGES' };
  expect(events).toMatchObject([
    { Records: [{ ...common, eventName: 'INSERT', dynamodb: { ...change, NewImage: image } }] },
    { Records: [{ ...common, eventName: 'REMOVE', dynamodb: { ...change, OldImage: image } }] },
  ]);
  const seconds = expect.closeTo(Date.now() / 1000, -2);
  expect(events).toMatchObject([
    {
      Records: [
        {
          dynamodb: { ApproximateCreationDateTime: seconds, SequenceNumber: expect.stringMatching(/^\d+$/) },
        },
      ],
    },
    {},
  ]);
});

test('a message reaches the function in the shape Lambda delivers, and is deleted after it', async () => {
  const { QueueUrl } = await engines.sqs.send(new CreateQueueCommand({ QueueName: 'messages' }));
  const events: unknown[] = [];
  const EventSourceArn = 'arn:aws:sqs:eu-central-1:000000000000:messages';
  start({ Messages: { EventSourceArn } }, async (_name, event) => {
    events.push(event);
    return success;
  });
  const MessageAttributes = {
    status: { DataType: 'String', StringValue: 'published' },
    raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1]) },
  };
  await engines.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', MessageAttributes }));
  await until(() => events.length === 1);
  expect(events[0]).toMatchObject({
    Records: [
      {
        messageId: expect.any(String),
        receiptHandle: expect.any(String),
        body: 'hello',
        attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
        messageAttributes: {
          status: {
            stringValue: 'published',
            stringListValues: [],
            binaryListValues: [],
            dataType: 'String',
          },
          raw: { binaryValue: 'AQ==', dataType: 'Binary' },
        },
        md5OfBody: '5d41402abc4b2a76b9719d911017c592',
        eventSource: 'aws:sqs',
        eventSourceARN: EventSourceArn,
        awsRegion: 'eu-central-1',
      },
    ],
  });
  await until(async () => {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const { Attributes } = await engines.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    );
    return AttributeNames.every((name) => Attributes?.[name] === '0');
  });
});

test('whoever waits for a message is told at once that there is none, when the stack stops', async () => {
  const { QueueUrl } = await engines.sqs.send(new CreateQueueCommand({ QueueName: 'empty' }));
  let answer: unknown;
  const receiving = engines.sqs
    .send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }))
    .then(({ Messages }) => {
      answer = Messages ?? 'none';
    });
  await until(async () => {
    await engines.endLongPolls();
    return answer !== undefined;
  });
  await receiving;
  expect(answer).toBe('none');
}, 10_000);

test('the redrive policy of the queue moves a message that keeps failing', async () => {
  const { QueueUrl: deadLetters } = await engines.sqs.send(
    new CreateQueueCommand({ QueueName: 'failing-dlq' }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:failing-dlq',
    maxReceiveCount: 2,
  });
  const { QueueUrl } = await engines.sqs.send(
    new CreateQueueCommand({ QueueName: 'failing', Attributes: { VisibilityTimeout: '1', RedrivePolicy } }),
  );
  let attempts = 0;
  const reporting = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
  start(
    { Failing: { EventSourceArn: 'arn:aws:sqs:eu-central-1:000000000000:failing', ...reporting } },
    async (_name, event) => {
      attempts += 1;
      const batchItemFailures = queueEvent
        .parse(event)
        .Records.map(({ messageId }) => ({ itemIdentifier: messageId }));
      return { kind: 'success', payload: { batchItemFailures } };
    },
  );
  await engines.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
  const { Messages } = await engines.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: deadLetters, WaitTimeSeconds: 10 }),
  );
  expect(Messages?.map(({ Body }) => Body)).toEqual(['poison']);
  expect(attempts).toBe(2);
});

test('a poison record of 100 is parked in the bucket with its payload, and the other 99 succeed', async () => {
  await engines.s3.send(new CreateBucketCommand({ Bucket: 'parked' }));
  const streamArn = await createStreamedTable(engines.dynamodb, 'poisoned');
  await putItems(engines.dynamodb, 'poisoned', 100);
  const succeeded = new Set<string>();
  const properties = {
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::parked' } },
  };
  start({ Poisoned: properties }, async (_name, event) => {
    const keys = streamEvent.parse(event).Records.map(({ dynamodb }) => dynamodb.Keys.pk.S);
    if (keys.includes('item-42')) return { kind: 'error', errorType: 'Unhandled', errorMessage: 'poison' };
    for (const key of keys) succeeded.add(key);
    return success;
  });
  let key: string | undefined;
  await until(async () => {
    const { Contents } = await engines.s3.send(new ListObjectsV2Command({ Bucket: 'parked' }));
    key = Contents?.[0]?.Key;
    return key !== undefined && succeeded.size === 99;
  });
  expect(succeeded).not.toContain('item-42');
  const { Body } = await engines.s3.send(new GetObjectCommand({ Bucket: 'parked', Key: key }));
  const parked = JSON.parse((await Body?.transformToString()) ?? '');
  expect(parked).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
    DDBStreamBatchInfo: { batchSize: 1, streamArn },
  });
  expect(JSON.parse(parked.payload).Records).toMatchObject([
    { dynamodb: { Keys: { pk: { S: 'item-42' } } } },
  ]);
});

test('queues and topics are told of given-up records', async () => {
  const { QueueUrl: failures } = await engines.sqs.send(new CreateQueueCommand({ QueueName: 'failures' }));
  const { TopicArn } = await engines.sns.send(new CreateTopicCommand({ Name: 'failures' }));
  const queueArn = 'arn:aws:sqs:eu-central-1:000000000000:failures';
  await engines.sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const streamArn = await createStreamedTable(engines.dynamodb, 'told');
  const to = (Destination: string | undefined) => ({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination } },
  });
  start({ ToQueue: to(queueArn), ToTopic: to(TopicArn) }, async () => ({
    kind: 'error',
    errorType: 'Unhandled',
    errorMessage: 'always',
  }));
  await putItems(engines.dynamodb, 'told', 1);
  const functions: string[] = [];
  await until(async () => {
    const { Messages } = await engines.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: failures, WaitTimeSeconds: 1, MaxNumberOfMessages: 10 }),
    );
    for (const { Body } of Messages ?? []) functions.push(JSON.parse(Body ?? '').requestContext.functionArn);
    return functions.length >= 2;
  });
  expect(functions.map((arn) => arn.split(':').pop()).sort()).toEqual(['ToQueue', 'ToTopic']);
});

test('writes of the database file wake an idle stream', async () => {
  const streamArn = await createStreamedTable(engines.dynamodb, 'woken');
  let delivered = 0;
  const mappings = start(
    { Woken: { EventSourceArn: streamArn, StartingPosition: 'TRIM_HORIZON' } },
    async () => {
      delivered += 1;
      return success;
    },
    // Without being woken the record would come after the test has failed.
    600_000,
  );
  await until(() => mappings.status()[0]?.quietSince !== undefined);
  await sleep(700);
  const stop = wakeOnWrites(engines.databaseFile, mappings.wake);
  await putItems(engines.dynamodb, 'woken', 1);
  await until(() => delivered === 1);
  stop();
});
