import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { ArchivedEvent, folderOf } from '#lib/archive/archived-event.ts';

const HOUR = 3_600_000;

export interface ObjectReader {
  /** The keys that begin with a prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
  read(key: string): Promise<string>;
}

/**
 * The events of a time span, each once. Hours are in order; the events within an hour are not.
 * @param from, to milliseconds of the epoch; `from` inclusive, `to` exclusive
 * @throws {Error} naming an object and the line in it that is no archived event
 */
export async function* readArchive(
  objects: ObjectReader,
  from: number,
  to: number,
): AsyncGenerator<ArchivedEvent> {
  for (let hour = Math.floor(from / HOUR) * HOUR; hour < to; hour += HOUR) {
    // A message that was delivered twice may be in two objects, but both are of the same hour.
    const seen = new Set<string>();
    for await (const key of objects.list(folderOf(hour))) {
      for (const archived of linesOf(key, await objects.read(key))) {
        const { eventId, occurredAt } = archived.event;
        const time = Date.parse(occurredAt);
        if (time < from || time >= to || seen.has(eventId)) continue;
        seen.add(eventId);
        yield archived;
      }
    }
  }
}

function* linesOf(key: string, text: string): Generator<ArchivedEvent> {
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    try {
      yield ArchivedEvent.parse(JSON.parse(line));
    } catch (cause) {
      throw new Error(`${key}, line ${index + 1} is not an archived event`, { cause });
    }
  }
}

/** Reads the objects of a bucket. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const s3ObjectReader = (client: S3Client, bucket: string): ObjectReader => ({
  async *list(prefix) {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix },
    )) {
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
    }
  },
  async read(key) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString('utf-8')) ?? '';
  },
});
