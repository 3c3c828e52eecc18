import type { ObjectEvent } from '../object-events/index.ts';

interface StoredObject {
  readonly key: string;
  readonly body: Buffer;
  readonly contentLength: number;
  readonly etag: string;
}

interface EngineBuckets {
  readonly buckets: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
  readonly multipartUploads: ReadonlyMap<string, { readonly bucket: string }>;
  getObject(bucket: string, key: string): StoredObject;
  putObject(bucket: string, key: string, body: Buffer, ...rest: unknown[]): StoredObject;
  deleteObject(bucket: string, key: string): unknown;
  completeMultipartUpload(uploadId: string, ...rest: unknown[]): StoredObject;
}

/**
 * Tells of every object that is created or removed in the engine, which has no notifications. The module is not exported: a
 * version that moves it fails when it starts.
 */
export const watchObjects = async (tell: (event: ObjectEvent) => void): Promise<void> => {
  const module = await import(new URL('./s3/s3Store.js', import.meta.resolve('fauxqs')).href);
  const store: EngineBuckets = module.S3Store.prototype;
  const { getObject, putObject, deleteObject, completeMultipartUpload } = store;
  const created = (name: ObjectEvent['name'], bucket: string, { key, contentLength, etag }: StoredObject) =>
    tell({ name, bucket, key, size: contentLength, eTag: etag.replaceAll('"', ''), at: Date.now() });

  // A copy puts the very bytes that it has read just before.
  let lastRead: Buffer | undefined;
  store.getObject = function (this: EngineBuckets, bucket, key) {
    const found = getObject.call(this, bucket, key);
    lastRead = found.body;
    return found;
  };
  store.putObject = function (this: EngineBuckets, bucket, key, body, ...rest) {
    const put = putObject.call(this, bucket, key, body, ...rest);
    created(body === lastRead ? 'ObjectCreated:Copy' : 'ObjectCreated:Put', bucket, put);
    lastRead = undefined;
    return put;
  };
  store.deleteObject = function (this: EngineBuckets, bucket, key) {
    const isThere = this.buckets.get(bucket)?.has(key);
    const deleted = deleteObject.call(this, bucket, key);
    if (isThere) tell({ name: 'ObjectRemoved:Delete', bucket, key, at: Date.now() });
    return deleted;
  };
  store.completeMultipartUpload = function (this: EngineBuckets, uploadId, ...rest) {
    const bucket = this.multipartUploads.get(uploadId)?.bucket ?? '';
    const complete = completeMultipartUpload.call(this, uploadId, ...rest);
    created('ObjectCreated:CompleteMultipartUpload', bucket, complete);
    return complete;
  };
};
