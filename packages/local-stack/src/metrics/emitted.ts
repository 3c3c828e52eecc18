/**
 * The metrics of AWS services that are emitted on this machine. Whatever emits one takes its name from here, so that an
 * alarm on any other is known never to have data.
 */
const EMITTED = {
  'AWS/ApiGateway': ['Count', '4xx', '5xx', 'Latency', 'IntegrationLatency', 'DataProcessed'],
  'AWS/Events': [
    'MatchedEvents',
    'TriggeredRules',
    'Invocations',
    'FailedInvocations',
    'InvocationsSentToDlq',
    'InvocationsFailedToBeSentToDlq',
  ],
  'AWS/Lambda': [
    'Invocations',
    'Errors',
    'Throttles',
    'Duration',
    'ConcurrentExecutions',
    'IteratorAge',
    'DestinationDeliveryFailures',
    'DeadLetterErrors',
    'AsyncEventsReceived',
    'AsyncEventAge',
    'AsyncEventsDropped',
    'PolledEventCount',
    'FilteredOutEventCount',
    'InvokedEventCount',
    'FailedInvokeEventCount',
    'DroppedEventCount',
    'OnFailureDestinationDeliveredEventCount',
    'DeletedEventCount',
  ],
  'AWS/Scheduler': [
    'InvocationAttemptCount',
    'InvocationDroppedCount',
    'InvocationsSentToDeadLetterCount',
    'InvocationsFailedToBeSentToDeadLetterCount',
  ],
  'AWS/SNS': [
    'NumberOfMessagesPublished',
    'PublishSize',
    'NumberOfNotificationsDelivered',
    'NumberOfNotificationsFailed',
    'NumberOfNotificationsRedrivenToDlq',
    'NumberOfNotificationsFailedToRedriveToDlq',
    'NumberOfNotificationsFilteredOut',
    'NumberOfNotificationsFilteredOut-NoMessageAttributes',
    'NumberOfNotificationsFilteredOut-InvalidAttributes',
    'NumberOfNotificationsFilteredOut-InvalidMessageBody',
    'NumberOfNotificationsFilteredOut-MessageBody',
  ],
  'AWS/SQS': [
    'ApproximateNumberOfMessagesVisible',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
    'ApproximateAgeOfOldestMessage',
  ],
} as const;

/** The name of an emitted metric of one of AWS's namespaces. */
export type EmittedMetric<Namespace extends keyof typeof EMITTED> = (typeof EMITTED)[Namespace][number];

/** Whether data of a metric can ever come in: a namespace of the service's own is for its functions to fill. */
export const canHaveData = (namespace: string, name: string): boolean => {
  if (!namespace.startsWith('AWS/')) return true;
  return Object.entries(EMITTED).some(
    ([emitting, names]) => emitting === namespace && names.some((emitted) => emitted === name),
  );
};
