// By the parameter `search`: the term index in DynamoDB, or an OpenSearch domain.

const onTable = (Action) => ({
  Effect: 'Allow',
  Action,
  Resource: { 'Fn::GetAtt': ['SearchIndexTable', 'Arn'] },
});

const termIndex = () => ({
  handler: 'handler.handler',
  endpoint: '',
  write: onTable([
    ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'],
    // A removal looks up what hints there are.
    'dynamodb:Query',
  ]),
  read: onTable(['dynamodb:Query', 'dynamodb:BatchGetItem']),
  list: onTable(['dynamodb:Scan']),
  template: { Resources: {} },
});

const onDomain = (Action, ...paths) => ({
  Effect: 'Allow',
  Action,
  Resource: paths.map((path) => ({ 'Fn::Sub': `\${SearchDomain.Arn}/${path}` })),
});

/** The smallest domain that is supported: one node, for a search that is small or tried out. */
const domain = ({ deletionPolicy, updateReplacePolicy, encryption }) => ({
  Type: 'AWS::OpenSearchService::Domain',
  DeletionPolicy: deletionPolicy,
  UpdateReplacePolicy: updateReplacePolicy,
  Properties: {
    EngineVersion: 'OpenSearch_2.19',
    ClusterConfig: { InstanceType: 't3.small.search', InstanceCount: 1 },
    EBSOptions: { EBSEnabled: true, VolumeType: 'gp3', VolumeSize: 10 },
    EncryptionAtRestOptions: {
      Enabled: true,
      ...(encryption.keyArn && { KmsKeyId: encryption.keyArn }),
    },
    NodeToNodeEncryptionOptions: { Enabled: true },
    DomainEndpointOptions: { EnforceHTTPS: true, TLSSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
    // Only signed requests of this account, and of those only what a role's own policy allows.
    // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
    AccessPolicies: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root` } },
          Action: 'es:ESHttp*',
          Resource: '*',
        },
      ],
    },
  },
});

const search = onDomain(['es:ESHttpPost'], 'posts/_search');

const openSearch = (stack) => ({
  handler: 'opensearch-handler.handler',
  endpoint: { 'Fn::Sub': `https://\${SearchDomain.DomainEndpoint}` },
  // Documents, the index, its mapping, and tombstones of old.
  write: onDomain(
    ['es:ESHttpPut', 'es:ESHttpPost'],
    ...['posts/_doc/*', 'posts-1', 'posts/_mapping', 'posts/_search', 'posts/_bulk'],
  ),
  read: search,
  list: search,
  template: { Resources: { SearchDomain: domain(stack) } },
});

const ENGINES = { dynamodb: termIndex, opensearch: openSearch };

/** Each engine has handlers of its own. `write`, `read` and `list` are for those who index, search and rebuild. */
module.exports = async ({ resolveVariable }) => {
  const stack = await resolveVariable('self:custom.stack');
  return ENGINES[stack.search](stack);
};
