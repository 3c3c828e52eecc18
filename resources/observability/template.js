// Questions about a compiled template, in the words of the service.

/** The resources of a type, as [logical id, properties]. */
const ofType = (template, type) =>
  Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([logicalId, { Properties = {} }]) => [logicalId, Properties]);

/** The logical id that a `Fn::GetAtt` of `attribute` names, if it is one. */
const targetOf = (reference, attribute) => {
  const [logicalId, name] = reference?.['Fn::GetAtt'] ?? [];
  return name === attribute ? logicalId : undefined;
};

/** @returns {{ id: string, key: string, name: string, timeout: number, service?: string }[]} */
const functionsOf = (template, prefix) =>
  ofType(template, 'AWS::Lambda::Function').map(([id, { FunctionName, Timeout, Environment }]) => ({
    id,
    name: FunctionName,
    key: FunctionName.slice(prefix.length + 1),
    timeout: Timeout,
    service: Environment?.Variables?.POWERTOOLS_SERVICE_NAME,
  }));

/**
 * The event source mappings with their function; `queue` or `stream` says where they read from, `delay` how many seconds
 * a message waits there on purpose: held back by the queue, or while a batch is gathered.
 */
const mappingsOf = (template, functions) =>
  ofType(template, 'AWS::Lambda::EventSourceMapping').map(([id, mapping]) => {
    const queue = targetOf(mapping.EventSourceArn, 'Arn');
    const { DelaySeconds = 0 } = template.Resources[queue]?.Properties ?? {};
    return {
      id,
      lambda: functions.find(({ id: functionId }) => functionId === targetOf(mapping.FunctionName, 'Arn')),
      queue,
      stream: targetOf(mapping.EventSourceArn, 'StreamArn'),
      delay: DelaySeconds + (mapping.MaximumBatchingWindowInSeconds ?? 0),
    };
  });

/** The queues that something redrives to, each with the resource it serves. */
const deadLetterQueuesOf = (template) =>
  ['AWS::SQS::Queue', 'AWS::SNS::Subscription'].flatMap((type) =>
    ofType(template, type).flatMap(([source, { RedrivePolicy }]) => {
      const id = targetOf(RedrivePolicy?.deadLetterTargetArn, 'Arn');
      return id ? [{ id, source }] : [];
    }),
  );

const tablesOf = (template) =>
  ofType(template, 'AWS::DynamoDB::Table').map(([id, { GlobalSecondaryIndexes = [] }]) => ({
    id,
    indexes: GlobalSecondaryIndexes.map(({ IndexName }) => IndexName),
  }));

/**
 * What alarms, dashboard and queries are made from.
 * @param template the compiled CloudFormation template, whole
 * @param prefix what function names begin with: service and stage
 */
const describe = (template, prefix) => {
  const functions = functionsOf(template, prefix);
  const mappings = mappingsOf(template, functions);
  return {
    functions,
    streams: mappings.filter(({ stream }) => stream),
    queues: mappings.filter(({ queue }) => queue),
    deadLetterQueues: deadLetterQueuesOf(template),
    tables: tablesOf(template),
    logGroups: functions.map(({ name }) => `/aws/lambda/${name}`),
    accessLogGroup: template.Resources.HttpApiLogGroup?.Properties.LogGroupName,
    hasApi: 'HttpApi' in template.Resources,
  };
};

module.exports = { describe };
