// The dimensions of AWS's metrics, by what they are about.
const metric = (Namespace, dimensions) => (MetricName) => ({ Namespace, MetricName, dimensions });

const ofFunction = (id) => metric('AWS/Lambda', { FunctionName: { Ref: id } });
const ofMapping = (id) => metric('AWS/Lambda', { EventSourceMappingUUID: { Ref: id } });
const ofQueue = (id) => metric('AWS/SQS', { QueueName: { 'Fn::GetAtt': [id, 'QueueName'] } });
const ofTopic = (id) => metric('AWS/SNS', { TopicName: { 'Fn::GetAtt': [id, 'TopicName'] } });
const ofTable = (id) => metric('AWS/DynamoDB', { TableName: { Ref: id } });
const ofApi = (id) => metric('AWS/ApiGateway', { ApiId: { Ref: id }, Stage: '$default' });
const ofDomain = (id) => metric('AWS/ES', { DomainName: { Ref: id }, ClientId: { Ref: 'AWS::AccountId' } });
/** Metrics of our own: lib/platform/metrics.ts. */
const ofService = (namespace, service) => metric(namespace, { service });

module.exports = { ofApi, ofDomain, ofFunction, ofMapping, ofQueue, ofService, ofTable, ofTopic };
