/** One documented behaviour and the check that it holds here. */
export interface Behaviour {
  /** The heading it stands under in docs/fidelity.md. */
  readonly area: string;
  /** What AWS documents, as a statement. */
  readonly behaviour: string;
  /** The page it comes from. */
  readonly source: string;
  /** Rejects when the behaviour does not hold. */
  readonly check: () => Promise<void> | void;
}

/** A helper for tables: every behaviour of one area. */
export function inArea(
  area: string,
): (behaviour: string, source: string, check: Behaviour['check']) => Behaviour {
  return (behaviour, source, check) => ({ area, behaviour, source, check });
}

const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg/';

/** Pages of the AWS documentation that the tables cite. */
export const pages = {
  batching: `${lambda}invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching`,
  createMapping: 'https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html',
  filtering: `${lambda}invocation-eventfiltering.html`,
  filterSyntax: `${lambda}invocation-eventfiltering.html#filtering-syntax`,
  eventBridgeOperators:
    'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html',
  dynamodb: `${lambda}with-ddb.html`,
  dynamodbFiltering: `${lambda}with-ddb-filtering.html`,
  dynamodbMapping: `${lambda}services-dynamodb-eventsourcemapping.html`,
  dynamodbParameters: `${lambda}services-ddb-params.html`,
  dynamodbErrors: `${lambda}services-dynamodb-errors.html`,
  dynamodbPartial: `${lambda}services-ddb-batchfailurereporting.html`,
  dynamodbWindows: `${lambda}services-ddb-windows.html`,
  streams: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html',
  timeToLive:
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html',
  sqs: `${lambda}with-sqs.html`,
  sqsFiltering: `${lambda}with-sqs-filtering.html`,
  sqsParameters: `${lambda}services-sqs-parameters.html`,
  sqsConfigure: `${lambda}services-sqs-configure.html`,
  sqsScaling: `${lambda}services-sqs-scaling.html`,
  sqsErrors: `${lambda}services-sqs-errorhandling.html`,
  deadLetterQueues:
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html',
  visibility:
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html',
  queueMetrics:
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html',
  metrics: `${lambda}monitoring-metrics-types.html`,
  mappingMetrics: `${lambda}monitoring-metrics-types.html#event-source-mapping-metrics`,
  templateMapping:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html',
  onFailure:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-eventsourcemapping-onfailure.html',
  quotas: `${lambda}gettingstarted-limits.html`,
} as const;
