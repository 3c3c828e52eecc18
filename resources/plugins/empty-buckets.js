const { paginateListStackResources } = require('@aws-sdk/client-cloudformation');
const { DeleteObjectsCommand, paginateListObjectsV2, S3Client } = require('@aws-sdk/client-s3');

// CloudFormation deletes no bucket that holds objects: `sls remove` empties the stack's buckets first, unless the stage
// retains its data.
module.exports = class EmptyBuckets {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.hooks = { 'before:remove:remove': () => this.emptyBuckets() };
  }

  async emptyBuckets() {
    if (this.serverless.service.custom.stack.retainData) return;
    const buckets = await this.bucketsOfStack();
    const s3 = new S3Client(await this.provider.getAwsSdkV3Config());
    for (const bucket of buckets) await this.empty(s3, bucket);
  }

  async bucketsOfStack() {
    const { naming } = this.provider;
    const pages = paginateListStackResources(
      { client: await this.provider.getCloudFormationClient() },
      { StackName: naming.getStackName() },
    );
    const buckets = [];
    for await (const { StackResourceSummaries = [] } of pages) {
      for (const { ResourceType, LogicalResourceId, PhysicalResourceId } of StackResourceSummaries) {
        // The framework empties the one that it keeps its deployments in.
        const own = LogicalResourceId !== naming.getDeploymentBucketLogicalId();
        if (ResourceType === 'AWS::S3::Bucket' && own && PhysicalResourceId) buckets.push(PhysicalResourceId);
      }
    }
    return buckets;
  }

  async empty(client, Bucket) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
      const Objects = Contents.map(({ Key }) => ({ Key }));
      if (Objects.length === 0) continue;
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      if (Errors.length === 0) continue;
      const [{ Key, Code }] = Errors;
      throw new this.serverless.classes.Error(`${Bucket} cannot be emptied: ${Key}: ${Code}`);
    }
  }
};
