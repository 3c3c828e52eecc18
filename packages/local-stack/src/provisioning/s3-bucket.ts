import { BucketAlreadyOwnedByYou, CreateBucketCommand } from '@aws-sdk/client-s3';
import { physicalName, type ResourceType } from './resource-type.ts';

/** `AWS::S3::Bucket`. */
export const s3Bucket: ResourceType = async (resource, provider) => {
  const name = physicalName(resource, 'BucketName', provider, 63).toLowerCase();
  await provider.s3.send(new CreateBucketCommand({ Bucket: name })).catch((error: unknown) => {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  });
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${provider.region}.amazonaws.com`,
    },
  };
};
