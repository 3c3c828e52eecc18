import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { z } from 'zod';
import { wordsOf } from '../../operator-error.ts';

/** Objects read side by side. */
const CONCURRENCY = 16;

export interface StoredObject {
  key: string;
  /** ISO 8601. */
  writtenAt: string;
}

/** Every object whose key begins with `prefix`, in the order of keys. */
export const objectsBelow = async (
  client: S3Client,
  Bucket: string,
  Prefix: string,
): Promise<StoredObject[]> => {
  const found: StoredObject[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    for (const { Key, LastModified = new Date() } of Contents)
      if (Key) found.push({ key: Key, writtenAt: LastModified.toISOString() });
  }
  return found;
};

/** An object with its content, or with the reason why it cannot be read. */
export type ReadObject<Content> = StoredObject &
  ({ content: Content; unreadable?: never } | { content?: never; unreadable: string });

/**
 * Reads every object whose key begins with `prefix` as JSON of a schema. One that cannot be read does not hide the
 * others; one that is gone by now is left out.
 */
export const readObjectsBelow = async <Content>(
  client: S3Client,
  bucket: string,
  prefix: string,
  schema: z.ZodType<Content>,
): Promise<ReadObject<Content>[]> => {
  const read = await sideBySide(
    await objectsBelow(client, bucket, prefix),
    async (object): Promise<ReadObject<Content>[]> => {
      try {
        const { text } = await readObject(client, bucket, object.key);
        return [{ ...object, content: schema.parse(JSON.parse(text)) }];
      } catch (error) {
        return error instanceof NoSuchKey ? [] : [{ ...object, unreadable: `unreadable: ${wordsOf(error)}` }];
      }
    },
  );
  return read.flat();
};

/** The text of an object, with a tag that changes with it. */
export const readObject = async (client: S3Client, Bucket: string, Key: string) => {
  const { Body, ETag = '' } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return { text: (await Body?.transformToString()) ?? '', tag: ETag };
};

/** Marks an object as redriven: it goes to the same key below `redriven/`. A repetition does no harm. */
export const markRedriven = async (client: S3Client, Bucket: string, key: string): Promise<void> => {
  const CopySource = `${Bucket}/${key}`.split('/').map(encodeURIComponent).join('/');
  await client.send(new CopyObjectCommand({ Bucket, Key: `redriven/${key}`, CopySource }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
};

/** Maps with a bounded number of concurrent calls; the order is kept. */
export const sideBySide = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
  return results;
};
