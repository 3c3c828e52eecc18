import { S3Client } from '@aws-sdk/client-s3';

/**
 * An S3 client with the runtime's own region and credentials. Path-style addresses only where an endpoint is
 * given by AWS_ENDPOINT_URL_S3: a bucket is no host name on a local endpoint.
 */
export const createS3Client = (options: { endpointIsGiven: boolean }): S3Client =>
  new S3Client({ forcePathStyle: options.endpointIsGiven });
