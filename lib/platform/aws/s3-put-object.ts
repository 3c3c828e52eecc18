import { signedRequests } from './signed-requests.ts';

/** Writes a JSON object under a key of letters, digits and `/._-`. @throws when the bucket did not take it */
export type PutJson = (key: string, body: unknown) => Promise<void>;

export interface Bucket {
  bucket: string;
  region: string;
  /** Of another S3 than the region's own: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL. */
  endpoint: string | undefined;
}

const addressOf = ({ bucket, region, endpoint }: Bucket): string => {
  // A bucket is no host name on a local endpoint.
  if (endpoint) return `${endpoint.replace(/\/$/, '')}/${bucket}`;
  return `https://${bucket}.s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
};

/**
 * PutObject without the S3 client, for a function that does nothing else there, and seldom.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export const s3PutJson = (bucket: Bucket): PutJson => {
  const send = signedRequests('s3', bucket.region);
  const address = addressOf(bucket);
  return async (key, body) => {
    const answer = await send({
      method: 'PUT',
      url: new URL(`${address}/${key}`),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.ok) return;
    const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? 'no code';
    throw new Error(`PutObject to ${bucket.bucket} answered ${answer.status}: ${code}`);
  };
};
