import assert from 'node:assert/strict';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { startFauxqs } from '../../../src/engines/fauxqs.ts';
import {
  admitNotifications,
  declaredNotifications,
  type Notification,
} from '../../../src/object-events/configuration.ts';
import { createNotifier, encodedKey, type ObjectEvent } from '../../../src/object-events/notify.ts';
import type { ProvisionedTemplate } from '../../../src/provisioning/index.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { region } from '../support/messaging.ts';

const rows = inArea('S3: event notifications');

const functionArn = `arn:aws:lambda:${region}:000000000000:function:index`;
const queueArn = `arn:aws:sqs:${region}:000000000000:removed`;
const topicArn = `arn:aws:sns:${region}:000000000000:everything`;

/** Notifications of a template with one bucket. */
const declared = (NotificationConfiguration: unknown): Notification[] => {
  const bucket = {
    ...{ logicalId: 'Photos', type: 'AWS::S3::Bucket', ref: 'photos', attributes: {} },
    properties: { NotificationConfiguration },
  };
  const provisioned: Pick<ProvisionedTemplate, 'ofType'> = { ofType: () => [bucket] };
  return declaredNotifications(provisioned);
};

const rulesOf = (...rules: [name: string, value: string][]) => ({
  S3Key: { Rules: rules.map(([Name, Value]) => ({ Name, Value })) },
});

/** What each target got of these events. */
const notified = async (NotificationConfiguration: unknown, ...events: ObjectEvent[]) => {
  const got: { to: string; message: { Records: Record<string, unknown>[] }; subject?: string }[] = [];
  const notify = createNotifier({
    notifications: declared(NotificationConfiguration),
    ports: {
      invoke: (to, event) => got.push({ to, message: JSON.parse(JSON.stringify(event)) }),
      sendMessage: async (to, body) => got.push({ to, message: JSON.parse(body) }),
      publish: async (to, message, subject) => got.push({ to, message: JSON.parse(message), subject }),
    },
    region,
    log: (line) => assert.fail(line),
  });
  for (const event of events) await notify(event);
  return got;
};

const put = (key: string, more: Partial<ObjectEvent> = {}): ObjectEvent => ({
  ...{ name: 'ObjectCreated:Put', bucket: 'photos', key, size: 3, eTag: 'e', at: Date.UTC(2026, 0, 15) },
  ...more,
});
const removed = (key: string): ObjectEvent => ({
  ...{ name: 'ObjectRemoved:Delete', bucket: 'photos', key, at: Date.UTC(2026, 0, 15) },
});
const toFunction = (more: Record<string, unknown> = {}) => ({
  LambdaConfigurations: [{ Event: 's3:ObjectCreated:*', Function: functionArn, ...more }],
});
const keysOf = (got: Awaited<ReturnType<typeof notified>>) =>
  got.flatMap(({ message }) => message.Records.map(({ s3 }) => Object(s3).object.key));

/** What the engine tells while `act` works on a bucket of its own. */
const told = async (act: (s3: S3Client) => Promise<void>): Promise<ObjectEvent[]> => {
  const events: ObjectEvent[] = [];
  const engine = await startFauxqs({ port: 0, region, onObject: (event) => events.push(event) });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint: engine.endpoint, region, credentials, forcePathStyle: true });
  try {
    await s3.send(new CreateBucketCommand({ Bucket: 'photos' }));
    await act(s3);
    await engine.deliveries(0);
    return events;
  } finally {
    s3.destroy();
    await engine.stop();
  }
};
const Bucket = 'photos';

export const objectEvents: readonly Behaviour[] = [
  rows('the message has the documented shape', pages.s3Message, async () => {
    const [{ message } = { message: { Records: [] } }] = await notified(toFunction(), put('a.jpg'));
    const [{ responseElements, s3, ...record } = {}] = message.Records;
    assert.deepEqual(record, {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: region,
      eventTime: '2026-01-15T00:00:00.000Z',
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: 'AWS:000000000000' },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
    });
    assert.deepEqual(Object.keys(Object(responseElements)), ['x-amz-request-id', 'x-amz-id-2']);
    const { sequencer, ...object } = Object(s3).object;
    assert.match(sequencer, /^[0-9A-F]{16}$/);
    assert.deepEqual(
      { ...Object(s3), object },
      {
        s3SchemaVersion: '1.0',
        configurationId: 'Photos-1',
        bucket: {
          name: 'photos',
          ownerIdentity: { principalId: '000000000000' },
          arn: 'arn:aws:s3:::photos',
        },
        object: { key: 'a.jpg', size: 3, eTag: 'e' },
      },
    );
  }),
  rows('keys are encoded as in an HTML form', pages.s3Message, () => {
    assert.equal(encodedKey('red flower/ä+b(1).jpg'), 'red+flower/%C3%A4%2Bb%281%29.jpg');
  }),
  rows('a removed object has no size and no ETag', pages.s3Message, async () => {
    const event = { LambdaConfigurations: [{ Event: 's3:ObjectRemoved:*', Function: functionArn }] };
    const [{ message } = { message: { Records: [] } }] = await notified(event, removed('a.jpg'));
    const { object } = Object(message.Records[0]?.s3);
    assert.deepEqual(Object.keys(object), ['key', 'sequencer']);
  }),
  rows('a later event of a key has a higher sequencer', pages.s3Message, async () => {
    const got = await notified(toFunction(), put('a'), put('a'));
    const [one, other] = got.map(({ message }) => Object(message.Records[0]?.s3).object.sequencer);
    assert(one < other && one.length === other.length);
  }),
  rows('prefix and suffix choose keys, and both must match', pages.s3Filtering, async () => {
    const Filter = rulesOf(['prefix', 'photos/'], ['suffix', '.jpg']);
    const keys = ['photos/a.jpg', 'photos/a.png', 'b.jpg', 'photos.jpg'].map((key) => put(key));
    assert.deepEqual(keysOf(await notified(toFunction({ Filter }), ...keys)), ['photos/a.jpg']);
  }),
  rows('a filter looks at keys as they are, not as they are encoded', pages.s3Filtering, async () => {
    const Filter = rulesOf(['Prefix', 'a b/']);
    assert.deepEqual(keysOf(await notified(toFunction({ Filter }), put('a b/c'), put('a+b/c'))), ['a+b/c']);
  }),
  rows('an event type names one operation, or with * all of a kind', pages.s3Types, async () => {
    const copies = { LambdaConfigurations: [{ Event: 's3:ObjectCreated:Copy', Function: functionArn }] };
    const events = [put('put'), put('copy', { name: 'ObjectCreated:Copy' }), removed('removed')];
    assert.deepEqual(keysOf(await notified(copies, ...events)), ['copy']);
    assert.deepEqual(keysOf(await notified(toFunction(), ...events)), ['put', 'copy']);
  }),
  rows('functions, queues and topics get the same message', pages.s3Destinations, async () => {
    const Event = 's3:ObjectCreated:*';
    const got = await notified(
      {
        ...toFunction(),
        QueueConfigurations: [{ Event, Queue: queueArn }],
        TopicConfigurations: [{ Event, Topic: topicArn }],
      },
      put('a'),
    );
    assert.deepEqual(
      got.map(({ to, subject }) => [to, subject]),
      [
        [functionArn, undefined],
        [queueArn, undefined],
        [topicArn, 'Amazon S3 Notification'],
      ],
    );
    assert.deepEqual(keysOf(got), ['a', 'a', 'a']);
  }),
  rows('a bucket tells of its own objects only', pages.s3Destinations, async () => {
    assert.deepEqual(await notified(toFunction(), put('a', { bucket: 'other' })), []);
  }),
  rows('FIFO queues cannot be destinations', pages.s3Destinations, () => {
    const configuration = {
      QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: `${queueArn}.fifo` }],
    };
    assert.throws(() => declared(configuration), /S3 does not send to FIFO queues/);
  }),
  rows.decided('AWS serves more kinds of events')(
    'event types and EventBridge that are not served are refused by name',
    pages.s3Types,
    () => {
      assert.throws(
        () => declared({ LambdaConfigurations: [{ Event: 's3:ObjectRestore:*', Function: functionArn }] }),
        /Photos \(AWS::S3::Bucket\), NotificationConfiguration: .*only events of ObjectCreated/s,
      );
      assert.throws(() => declared({ EventBridgeConfiguration: {} }), /to EventBridge are not served/);
    },
  ),
  rows('a function, queue or topic that does not let the bucket in is refused', pages.s3Permissions, () => {
    const asked: unknown[] = [];
    const judge: Parameters<typeof admitNotifications>[1] = {
      decideForService: (name, context, need) => {
        asked.push([name, context['aws:SourceArn'], need.action, need.resource]);
        return { need, decision: { allowed: false, because: 'resource-based policy', unknown: [] } };
      },
    };
    assert.throws(
      () => admitNotifications(declared(toFunction()), judge),
      /Photos: .*function:index does not allow lambda:InvokeFunction to s3.amazonaws.com/,
    );
    assert.deepEqual(asked, [
      ['s3.amazonaws.com', 'arn:aws:s3:::photos', 'lambda:InvokeFunction', functionArn],
    ]);
  }),
  rows('objects are created by Put, Copy and CompleteMultipartUpload', pages.s3Types, async () => {
    const events = await told(async (s3) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: 'a b', Body: 'abc' }));
      await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: 'photos/a%20b' }));
      const upload = { Bucket, Key: 'large' };
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
      const part = { ...upload, UploadId, PartNumber: 1 };
      const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: 'abcd' }));
      await s3.send(
        new CompleteMultipartUploadCommand({
          ...{ ...upload, UploadId },
          MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
        }),
      );
    });
    assert.deepEqual(
      events.map(({ name, bucket, key, size }) => [name, bucket, key, size]),
      [
        ['ObjectCreated:Put', 'photos', 'a b', 3],
        ['ObjectCreated:Copy', 'photos', 'copy', 3],
        ['ObjectCreated:CompleteMultipartUpload', 'photos', 'large', 4],
      ],
    );
    assert.equal(events[0]?.eTag, '900150983cd24fb0d6963f7d28e17f72');
  }),
  rows('objects are removed one by one and in batches, each with an event', pages.s3Types, async () => {
    const events = await told(async (s3) => {
      for (const Key of ['a', 'b', 'c']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
      await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
      await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'b' }, { Key: 'c' }] } }));
    });
    assert.deepEqual(
      events.filter(({ name }) => name === 'ObjectRemoved:Delete').map(({ key }) => key),
      ['a', 'b', 'c'],
    );
  }),
];
