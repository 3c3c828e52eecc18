/** A test of this package's suites that proves a behaviour, by its file below tests/ and a part of its full name. */
export interface SuiteTest {
  readonly file: string;
  readonly name: string;
}

/** What a row rests on. */
export type Basis =
  /** The page says so. */
  | { readonly kind: 'documented' }
  /** Somebody ran it on AWS and published what came back. */
  | { readonly kind: 'measured by others'; readonly by: string }
  /** AWS does not say; the page is the nearest. */
  | { readonly kind: 'decided here'; readonly because: string };

/** One behaviour and the proof that it holds here. */
export interface Behaviour {
  /** The heading it stands under in docs/fidelity.md. */
  readonly area: string;
  /** As a statement; no two rows have the same. */
  readonly behaviour: string;
  /** The page of the AWS documentation. */
  readonly source: string;
  readonly basis: Basis;
  /** A check rejects when the behaviour does not hold. */
  readonly proof: (() => Promise<void> | void) | SuiteTest;
}

type Row = (behaviour: string, source: string, proof: Behaviour['proof']) => Behaviour;

/** Helpers for the tables: rows of one area, by what they rest on. */
export function inArea(area: string): Row & {
  measured(by: string): Row;
  decided(because: string): Row;
} {
  const rowsOn =
    (basis: Basis): Row =>
    (behaviour, source, proof) => ({ area, behaviour, source, basis, proof });
  return Object.assign(rowsOn({ kind: 'documented' }), {
    measured: (by: string) => rowsOn({ kind: 'measured by others', by }),
    decided: (because: string) => rowsOn({ kind: 'decided here', because }),
  });
}

const validated = 'https://github.com/localstack/localstack/blob/main/tests/aws/services/';

/** LocalStack's tests that were run against AWS, whose answers are recorded beside them. */
export const snapshots = {
  dynamodbMappings: `${validated}lambda_/event_source_mapping/test_lambda_integration_dynamodbstreams.snapshot.json`,
  kinesisMappings: `${validated}lambda_/event_source_mapping/test_lambda_integration_kinesis.snapshot.json`,
  sqsMappings: `${validated}lambda_/event_source_mapping/test_lambda_integration_sqs.snapshot.json`,
  sqs: `${validated}sqs/test_sqs.snapshot.json`,
  sns: `${validated}sns/test_sns.snapshot.json`,
  moveTasks: `${validated}sqs/test_sqs_move_task.snapshot.json`,
  filterPolicies: `${validated}sns/test_sns_filter_policy.snapshot.json`,
} as const;

const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg/';

const gateway = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/';
const cloudWatch = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/';
const eventBridge = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/';
const scheduler = 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/';
const sns = 'https://docs.aws.amazon.com/sns/latest/dg/';
const sqsGuide = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/';
const sqsApi = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/';

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
  onFailureBatchSize: 'https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html',
  sqsQuotas: `${sqsGuide}quotas-messages.html`,
  sqsDlqRetention: `${sqsGuide}setting-up-dead-letter-queue-retention.html`,
  sqsStandardQueues: `${sqsGuide}standard-queues-at-least-once-delivery.html`,
  fifoLogic: `${sqsGuide}FIFO-queues-understanding-logic.html`,
  fifoTerms: `${sqsGuide}FIFO-key-terms.html`,
  fifoDeduplication: `${sqsGuide}using-messagededuplicationid-property.html`,
  fifoThroughput: `${sqsGuide}high-throughput-fifo.html`,
  snsFifo: `${sns}sns-fifo-topics.html`,
  snsFifoOrder: `${sns}fifo-topic-message-ordering.html`,
  snsFifoDeduplication: `${sns}fifo-message-dedup.html`,
  snsFifoThroughput: `${sns}fifo-high-throughput.html`,
  snsFifoStandard: `${sns}fifo-message-delivery.html`,
  deleteMessage: `${sqsApi}API_DeleteMessage.html`,
  sendMessage: `${sqsApi}API_SendMessage.html`,
  moveTask: `${sqsApi}API_StartMessageMoveTask.html`,
  snsMessageAttributes: `${sns}sns-message-attributes.html`,
  snsDeadLetters: `${sns}sns-dead-letter-queues.html`,
  snsMetrics: `${sns}sns-monitoring-using-cloudwatch.html`,
  snsPolicies: `${sns}sns-subscription-filter-policies.html`,
  snsPolicyLimits: `${sns}subscription-filter-policy-constraints.html`,
  snsPolicyStrings: `${sns}string-value-matching.html`,
  snsPolicyNumbers: `${sns}numeric-value-matching.html`,
  snsPolicyKeys: `${sns}attribute-key-matching.html`,
  snsPolicyLogic: `${sns}and-or-logic.html`,
  snsPolicyScope: `${sns}sns-message-filtering-scope.html`,
  withSns: `${lambda}with-sns.html`,
  snsLambda: `${sns}sns-lambda-as-subscriber.html`,
  lambdaPermissions: `${lambda}access-control-resource-based.html`,
  templateTopicSubscription:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-sns-topic-subscription.html',
  scheduleRate: `${eventBridge}eb-scheduled-rule-pattern.html#eb-rate-expressions`,
  scheduleCron: `${eventBridge}eb-scheduled-rule-pattern.html#eb-cron-expressions`,
  scheduledEvent: `${eventBridge}eb-run-lambda-schedule.html`,
  busEvents: `${eventBridge}eb-events-structure.html`,
  eventBuses: `${eventBridge}eb-event-bus.html`,
  eventPatterns: `${eventBridge}eb-event-patterns.html`,
  inputTransformer: `${eventBridge}eb-transform-target-input.html`,
  ruleRetries: `${eventBridge}eb-rule-retry-policy.html`,
  ruleDlq: `${eventBridge}eb-rule-dlq.html`,
  eventMetrics: `${eventBridge}eb-monitoring.html`,
  putEvents: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html',
  putEventsResult:
    'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html',
  putEventsSize: `${eventBridge}eb-putevent-size.html`,
  eventResourcePolicies: `${eventBridge}eb-use-resource-based.html`,
  eventArchives: `${eventBridge}eb-archive.html`,
  eventsActions:
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html',
  templateRule:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html',
  templateTarget:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-events-rule-target.html',
  templateSchedule:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html',
  schedulerTypes: `${scheduler}schedule-types.html`,
  schedulerAttributes: `${scheduler}managing-schedule-context-attributes.html`,
  schedulerTemplated: `${scheduler}managing-targets-templated.html`,
  schedulerRole: `${scheduler}setting-up.html#setting-up-execution-role`,
  schedulerDlq: `${scheduler}configuring-schedule-dlq.html`,
  snsRaw: `${sns}sns-large-payload-raw-message-delivery.html`,
  snsFormats: `${sns}sns-message-and-json-formats.html`,
  publishBatch: 'https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html',
  publish: 'https://docs.aws.amazon.com/sns/latest/api/API_Publish.html',
  metrics: `${lambda}monitoring-metrics-types.html`,
  mappingMetrics: `${lambda}monitoring-metrics-types.html#event-source-mapping-metrics`,
  templateMapping:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html',
  onFailure:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-eventsourcemapping-onfailure.html',
  quotas: `${lambda}gettingstarted-limits.html`,
  nodeHandler: `${lambda}nodejs-handler.html`,
  environmentVariables: `${lambda}configuration-envvars.html`,
  nodeContext: `${lambda}nodejs-context.html`,
  runtimeEnvironment: `${lambda}lambda-runtime-environment.html`,
  nodeExceptions: `${lambda}nodejs-exceptions.html`,
  concurrency: `${lambda}lambda-concurrency.html`,
  reservedConcurrency: `${lambda}configuration-concurrency.html`,
  asyncErrors: `${lambda}invocation-async-error-handling.html`,
  asyncConfiguring: `${lambda}invocation-async-configuring.html`,
  asyncRetainRecords: `${lambda}invocation-async-retain-records.html`,
  asyncDeadLetters: `${lambda}invocation-async-retain-records.html#invocation-dlq`,
  templateEventInvokeConfig:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html',
  invoke: 'https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html',
  embeddedMetrics: `${cloudWatch}CloudWatch_Embedded_Metric_Format_Specification.html`,
  httpRoutes: `${gateway}http-api-develop-routes.html`,
  httpLambda: `${gateway}http-api-develop-integrations-lambda.html`,
  httpQuotas: `${gateway}http-api-quotas.html`,
  httpThrottling: `${gateway}http-api-throttling.html`,
  httpCors: `${gateway}http-api-cors.html`,
  httpLogging: `${gateway}http-api-logging.html`,
  httpMetrics: `${gateway}http-api-metrics.html`,
  httpJwt: `${gateway}http-api-jwt-authorizer.html`,
  cognitoTokens:
    'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html',
  alarmEvaluation: `${cloudWatch}alarm-evaluation.html`,
  alarmMissingData: `${cloudWatch}alarms-and-missing-data.html`,
  alarmPercentiles: `${cloudWatch}percentiles-with-low-samples.html`,
  metricConcepts: `${cloudWatch}cloudwatch_concepts.html`,
  metricMath: `${cloudWatch}using-metric-math.html`,
  compositeAlarms: `${cloudWatch}alarm-combining.html`,
  alarmActions: `${cloudWatch}alarm-actions.html`,
  templateTable:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html',
  getObject: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html',
  s3Message: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html',
  s3Filtering: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html',
  s3Types:
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html',
  s3Destinations:
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html#supported-notification-destinations',
  s3Permissions:
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html',
  bucketNames: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html',
  generateSecret:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html',
  getSecretValue: 'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html',
  dynamicReferencesSsm:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html',
  dynamicReferencesSecure:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html',
  dynamicReferencesSecrets:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html',
  parameterTypes:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html',
  templateSsmParameter:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html',
  getParameter: 'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html',
  describeStacks: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html',
  callerIdentity: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html',
  dynamicReferences: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html',
} as const;
