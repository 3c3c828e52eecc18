/** The first logical id that a reference names: `Ref`, `Fn::GetAtt`, or either inside of something else. */
const referenced = (reference) =>
  /"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/.exec(JSON.stringify(reference ?? null))?.[1];

/**
 * @param template the compiled CloudFormation template, whole
 * @returns the resources that are watched, each with its logical id and its properties
 */
module.exports.describe = ({ Resources }) => {
  const ofType = (type) =>
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties = {} }]) => ({ id, ...Properties }));
  const typeOf = (id) => Resources[id]?.Type;
  /** A mapping names its function, or an alias of it. */
  const functionOf = (reference) => {
    const id = referenced(reference);
    return typeOf(id) === 'AWS::Lambda::Alias' ? functionOf(Resources[id].Properties.FunctionName) : id;
  };
  const mappings = ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ Enabled }) => Enabled !== false)
    .map((mapping) => ({
      ...mapping,
      functionId: functionOf(mapping.FunctionName),
      source: referenced(mapping.EventSourceArn),
    }));
  return {
    functions: ofType('AWS::Lambda::Function'),
    streams: mappings.filter(({ source }) =>
      ['AWS::DynamoDB::Table', 'AWS::Kinesis::Stream'].includes(typeOf(source)),
    ),
    queues: mappings
      .filter(({ source }) => typeOf(source) === 'AWS::SQS::Queue')
      .map((mapping) => ({ ...mapping, queue: Resources[mapping.source].Properties ?? {} })),
    deadLetterQueues: [
      ...new Set(
        ofType('AWS::SQS::Queue').map(({ RedrivePolicy }) => referenced(RedrivePolicy?.deadLetterTargetArn)),
      ),
    ].filter((id) => typeOf(id) === 'AWS::SQS::Queue'),
    topics: [...new Set(ofType('AWS::SNS::Subscription').map(({ TopicArn }) => referenced(TopicArn)))].filter(
      (id) => typeOf(id) === 'AWS::SNS::Topic',
    ),
    tables: ofType('AWS::DynamoDB::Table'),
    domains: ofType('AWS::OpenSearchService::Domain'),
    apis: ofType('AWS::ApiGatewayV2::Api'),
    accessLogGroup: Resources.HttpApiLogGroup?.Properties.LogGroupName,
  };
};
