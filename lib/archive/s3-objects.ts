import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { StoreObject } from './archive-events.ts';
import type { ObjectReader } from './read-archive.ts';

/** Stores objects of newline-delimited JSON in a bucket. */
export const s3StoreObject =
  (client: S3Client, bucket: string): StoreObject =>
  async (key, text) => {
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/x-ndjson' }),
    );
  };

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
