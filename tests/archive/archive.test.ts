import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { archiveEvents, s3StoreObject } from '#lib/archive/archive-events.ts';
import { type ArchivedEvent, archivedEventOf } from '#lib/archive/archived-event.ts';
import { attributesOf, type PostEvent } from '#lib/events/post-event.ts';
import { type MessagingEngine, startFauxqs } from '#local/engines/fauxqs.ts';
import { collect } from '#tests/support/collect.ts';
import { aPost, eventOf } from '#tests/support/events.ts';
import { localCredentials } from '#tests/support/tables.ts';
import { readArchive, s3ObjectReader } from '../../ops/replay/read-archive.ts';

const HOUR = 3_600_000;
const NINE = Date.parse('2026-11-20T09:00:00.000Z');

let engine: MessagingEngine;
let client: S3Client;
let Bucket: string;
let buckets = 0;
beforeAll(async () => {
  engine = await startFauxqs({ port: 0, region: 'us-east-1' });
  client = new S3Client({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: localCredentials,
    forcePathStyle: true,
  });
});
beforeEach(async () => {
  buckets += 1;
  Bucket = `archive-${buckets}`;
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

const eventAt = (time: number, more: Partial<PostEvent> = {}): PostEvent => ({
  ...eventOf({ eventType: 'INSERT', after: aPost() }),
  occurredAt: new Date(time).toISOString(),
  ...more,
});
const archived = (event: PostEvent): ArchivedEvent => ({ attributes: { ...attributesOf(event) }, event });

/** Hands a batch over as the function does: all at once. */
const deliver = async (events: readonly PostEvent[]): Promise<{ key: string; events: number }[]> => {
  const stored: { key: string; events: number }[] = [];
  const archive = archiveEvents(s3StoreObject(client, Bucket), (key, count) =>
    stored.push({ key, events: count }),
  );
  await Promise.all(events.map((event) => archive(archived(event))));
  // Objects are written side by side: which one is done first is not said.
  return stored.toSorted((a, b) => (a.key < b.key ? -1 : 1));
};
const keys = async (): Promise<(string | undefined)[]> => {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
};
const readBack = (from: number, to: number): Promise<ArchivedEvent[]> =>
  collect(readArchive(s3ObjectReader(client, Bucket), from, to));

describe('the archive', () => {
  test('gives back every event with its attributes', async () => {
    const events = [eventAt(NINE), eventAt(NINE + 1), eventAt(NINE + HOUR)];
    await deliver(events);
    expect(await readBack(NINE, NINE + 2 * HOUR)).toEqual(events.map(archived));
  });

  test('keeps a batch in one object of lines, by the hour in which its events happened', async () => {
    const stored = await deliver([eventAt(NINE + 60_000), eventAt(NINE), eventAt(NINE + HOUR)]);
    expect(stored).toEqual([
      {
        key: expect.stringMatching(/^events\/2026\/11\/20\/09\/20261120T090000000Z-[0-9a-f]{16}\.ndjson$/),
        events: 2,
      },
      {
        key: expect.stringMatching(/^events\/2026\/11\/20\/10\/20261120T100000000Z-[0-9a-f]{16}\.ndjson$/),
        events: 1,
      },
    ]);
    const text = await s3ObjectReader(client, Bucket).read(stored[0]?.key ?? '');
    expect(text).toMatch(/^(\{"attributes":\{.*\},"event":\{.*\}\}\n){2}$/);
  });

  test('writes the same object again when a batch comes again, in whatever order', async () => {
    const events = [eventAt(NINE), eventAt(NINE), eventAt(NINE + 5)];
    await deliver(events);
    await deliver(events.toReversed());
    expect(await keys()).toHaveLength(1);
  });

  test('holds an event once though it came in several batches, and twice in one', async () => {
    const [first, second, third] = [eventAt(NINE), eventAt(NINE + 1), eventAt(NINE + 2)];
    await deliver([first, second]);
    expect(await deliver([second, third, third])).toEqual([expect.objectContaining({ events: 2 })]);
    expect(await keys()).toHaveLength(2);
    const ids = (await readBack(NINE, NINE + HOUR)).map(({ event }) => event.eventId);
    expect(ids.toSorted()).toEqual([first, second, third].map(({ eventId }) => eventId).toSorted());
  });

  test('is read from one moment on and up to another', async () => {
    const [from, to] = [NINE + 1_000, NINE + HOUR + 1_000];
    await deliver([from - 1, from, to - 1, to].map((time) => eventAt(time)));
    const times = (await readBack(from, to)).map(({ event }) => Date.parse(event.occurredAt));
    expect(times).toEqual([from, to - 1]);
  });

  test('puts an event that comes days late where it happened', async () => {
    await deliver([eventAt(NINE)]);
    await deliver([eventAt(NINE + 1), eventAt(NINE + 100 * HOUR)]);
    expect(await readBack(NINE, NINE + HOUR)).toHaveLength(2);
  });

  test('keeps fields and attributes that it does not know, and attributes that were lost on the way', () => {
    const event = eventAt(NINE);
    const body = JSON.stringify({ ...event, later: 'a field of tomorrow' });
    expect(
      archivedEventOf({ body, messageAttributes: { replay: { dataType: 'String', stringValue: 'yes' } } }),
    ).toEqual({
      attributes: { ...attributesOf(event), replay: 'yes' },
      event: { ...event, later: 'a field of tomorrow' },
    });
  });

  test('fails only the events whose object could not be stored', async () => {
    const [nine, ten] = [eventAt(NINE), eventAt(NINE + HOUR)];
    const archive = archiveEvents(
      async (key) => {
        if (key.includes('/10/')) throw new Error('slow down');
      },
      () => {},
    );
    const outcomes = await Promise.allSettled([nine, ten].map((event) => archive(archived(event))));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test('names the line that is not its own', async () => {
    const Key = 'events/2026/11/20/09/by-hand.ndjson';
    const line = JSON.stringify(archived(eventAt(NINE)));
    await client.send(new PutObjectCommand({ Bucket, Key, Body: `${line}\n{"event":{}}\n` }));
    await expect(readBack(NINE, NINE + HOUR)).rejects.toThrow(`${Key}, line 2 is not an archived event`);
  });
});
