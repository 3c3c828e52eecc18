import type { AsynchronousConfiguration, Destination } from '../asynchronous-invocation/index.ts';
import type { EventSourceMapping } from '../event-source-mappings/index.ts';
import { UserError } from '../user-error.ts';
import type { Judge } from './judge.ts';
import type { Need } from './operations/index.ts';
import type { Refusal } from './refusal.ts';
import type { Rights } from './rights.ts';

const needsOn = (resource: string, service: string, actions: readonly string[]): Need[] =>
  actions.map((action) => ({ action: `${service}:${action}`, resource }));

const STREAM_ACTIONS = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'];
const QUEUE_ACTIONS = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/** @param owner what the keys of a bucket begin with, after `aws/lambda/` */
const destinationNeeds = ({ kind, arn }: Destination, owner: string): Need[] => {
  switch (kind) {
    case 'sqs':
      return needsOn(arn, kind, ['SendMessage']);
    case 'sns':
      return needsOn(arn, kind, ['Publish']);
    case 'lambda':
      return needsOn(arn, kind, ['InvokeFunction']);
    case 'events':
      return needsOn(arn, kind, ['PutEvents']);
    case 's3':
      return [
        ...needsOn(`${arn}/aws/lambda/${owner}/record`, kind, ['PutObject']),
        ...needsOn(arn, kind, ['ListBucket']),
      ];
  }
};

const lacksCall = ({ action, resource }: Need, service: string): string =>
  `The provided execution role does not have permissions to call ${action.split(':')[1]} on ${service.toUpperCase()} ` +
  `(${action} on ${resource})`;

const lacksStream = (source: string, missing: readonly Need[]): string =>
  `Cannot access stream ${source}. Please ensure the role can perform the GetRecords, GetShardIterator, ` +
  `DescribeStream, and ListStreams Actions on your stream in IAM. (It lacks ${missing.map(({ action }) => action).join(', ')})`;

/**
 * Refuses event source mappings whose function's role lacks a right on their source or destination, as Lambda refuses to
 * make them: they act under that role.
 * @throws {UserError} naming every missing action
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const admitMappings = (
  mappings: readonly EventSourceMapping[],
  { sessions }: Rights,
  judge: Pick<Judge, 'require'>,
): void => {
  const problems = mappings.flatMap((mapping): string[] => {
    const { kind, id, logicalId, functionName, eventSourceArn: source } = mapping;
    const session = sessions.find((one) => one.functionName === functionName);
    if (!session) return [];
    const lacking = (service: Refusal['service'], needs: readonly Need[]): Need[] =>
      needs.filter((need) => judge.require(session, service, 'CreateEventSourceMapping', need) !== undefined);
    const found: string[] = [];
    if (kind === 'queue') {
      found.push(
        ...lacking('sqs', needsOn(source, 'sqs', QUEUE_ACTIONS)).map((need) => lacksCall(need, 'sqs')),
      );
    } else {
      const missing = lacking('dynamodb', needsOn(source, 'dynamodb', STREAM_ACTIONS));
      if (missing.length > 0) found.push(lacksStream(source, missing));
      const { onFailure } = mapping;
      if (onFailure)
        found.push(
          ...lacking(onFailure.kind, destinationNeeds(onFailure, id)).map((need) =>
            lacksCall(need, onFailure.kind),
          ),
        );
    }
    return found.map((problem) => `  ${logicalId} (${session.functionId}): ${problem}`);
  });
  if (problems.length > 0)
    throw new UserError(['Lambda would refuse these event source mappings:', ...problems].join('\n'));
};

/**
 * Refuses functions whose role cannot write to their dead-letter queue, or to a destination of their asynchronous events,
 * as Lambda refuses to configure them: it writes there under that role.
 * @throws {UserError} naming every missing action
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export const admitDestinations = (
  configurations: readonly AsynchronousConfiguration[],
  { sessions }: Rights,
  judge: Pick<Judge, 'require'>,
): void => {
  const problems = configurations.flatMap(({ functionName, onSuccess, onFailure, deadLetters }): string[] => {
    const session = sessions.find((one) => one.functionName === functionName);
    if (!session) return [];
    return [deadLetters, onSuccess, onFailure].flatMap((destination) => {
      if (!destination) return [];
      const { kind } = destination;
      return destinationNeeds(destination, `async/${functionName}`)
        .filter((need) => judge.require(session, kind, 'PutFunctionEventInvokeConfig', need) !== undefined)
        .map((need) => `  ${session.functionId}: ${lacksCall(need, kind)}`);
    });
  });
  if (problems.length > 0)
    throw new UserError(
      [
        'Lambda would refuse these dead-letter queues and destinations of asynchronous events:',
        ...problems,
      ].join('\n'),
    );
};
