import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { handler as deployed } from '#functions/archive/handler.ts';
import { Change } from '#lib/events/change.ts';
import { PostEvent } from '#lib/events/post-event.ts';
import { type MessagingEngine, startFauxqs } from '#local/engines/fauxqs.ts';
import { collect } from '#tests/support/collect.ts';
import { linesOf } from '#tests/support/output.ts';
import { lambdaContext, sqsEvent } from '#tests/support/sqs.ts';
import { selects, subscriberEnvironment, subscriberFiles } from '#tests/support/subscriber-files.ts';
import { localCredentials } from '#tests/support/tables.ts';
import { readArchive, s3ObjectReader } from '../../ops/replay/read-archive.ts';

const { sample, filterPolicy } = subscriberFiles('archive');
const events = sample.Records.map(({ body }) => PostEvent.parse(JSON.parse(body)));
const Bucket = 'archive';
let engine: MessagingEngine;
let client: S3Client;
let handler: typeof deployed;

beforeAll(async () => {
  engine = await startFauxqs({ port: 0, region: 'us-east-1' });
  const { endpoint } = engine;
  client = new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: localCredentials,
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket }));
  Object.assign(process.env, subscriberEnvironment, {
    AWS_ENDPOINT_URL_S3: endpoint,
    ARCHIVE_BUCKET: Bucket,
  });
  ({ handler } = await import('#functions/archive/handler.ts'));
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

test('keeps the events of a batch in one object, once though the batch comes twice', async () => {
  const { result } = await linesOf(() => handler(sample, lambdaContext()));
  expect(result).toEqual({ batchItemFailures: [] });
  const { lines } = await linesOf(() => handler(sample, lambdaContext()));
  expect(lines).toContainEqual(
    expect.objectContaining({ message: 'stored', events: sample.Records.length, object: expect.any(String) }),
  );
  const day = Date.parse('2026-11-20T00:00:00.000Z');
  const kept = await collect(readArchive(s3ObjectReader(client, Bucket), day, day + 86_400_000));
  expect(kept.map(({ event }) => event.eventId).toSorted()).toEqual(
    events.map(({ eventId }) => eventId).toSorted(),
  );
});

test('reports what it cannot read, and nothing else', async () => {
  const bodies = [...sample.Records.map(({ body }) => body), 'no post event'];
  const { result } = await linesOf(() => handler(sqsEvent(bodies), lambdaContext()));
  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: `message-${bodies.length - 1}` }] });
});

test('is sent every kind of change', () => {
  expect(events.map(({ change }) => change)).toEqual(Change.options);
  expect(sample.Records.filter((record) => !selects(filterPolicy, record))).toEqual([]);
});
