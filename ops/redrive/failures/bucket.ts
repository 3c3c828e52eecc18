import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Objects read side by side. */
const CONCURRENCY = 16;

export interface StoredObject {
  key: string;
  /** Changes with the content. */
  tag: string;
}

/** Every object whose key begins with `prefix`, in the order of keys. */
export const keysBelow = async (
  client: S3Client,
  Bucket: string,
  Prefix: string,
): Promise<StoredObject[]> => {
  const found: StoredObject[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    for (const { Key, ETag = '' } of Contents) if (Key) found.push({ key: Key, tag: ETag });
  }
  return found;
};

/** The text of an object, with the tag of what was read. */
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

/** Maps with a bounded number of calls under way; the order is kept. */
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
