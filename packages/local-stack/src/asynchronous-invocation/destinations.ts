import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Destination } from './configuration.ts';
import { type DeadLetterAttributes, type InvocationRecord, recordKey } from './invocation-record.ts';

/** Where records and discarded events go. */
export interface Destinations {
  /** Hands the record of an invocation to the destination, in the form that its kind gets. @throws when it cannot */
  sendRecord(destination: Destination, record: InvocationRecord): Promise<void>;
  /** Hands a discarded event to a dead-letter queue or topic. @throws when it cannot */
  sendDeadLetter(destination: Destination, payload: unknown, attributes: DeadLetterAttributes): Promise<void>;
}

/** An event for an event bus, as `PutEvents` takes one. */
export interface RecordForBus {
  readonly EventBusName: string;
  readonly Source: 'lambda';
  readonly DetailType: string;
  readonly Detail: string;
  readonly Resources: string[];
}

/**
 * Destinations through the AWS SDK, and what of this process stands for other services.
 * @param parts.invoke hands an event to another function's queue
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export const awsDestinations = (parts: {
  sqs: SQSClient;
  sns: SNSClient;
  s3: S3Client;
  urlOf: (queueArn: string) => Promise<string>;
  invoke: (functionArn: string, event: unknown) => Promise<unknown>;
  /** @throws when no event bus takes it */
  putEvent: (event: RecordForBus) => Promise<void>;
}): Destinations => {
  const { sqs, sns, s3, urlOf, invoke, putEvent } = parts;
  return {
    sendRecord: async ({ kind, arn }, record) => {
      const body = JSON.stringify(record);
      const { functionArn, condition } = record.requestContext;
      switch (kind) {
        case 'sqs':
          await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(arn), MessageBody: body }));
          return;
        case 'sns':
          await sns.send(new PublishCommand({ TopicArn: arn, Message: body }));
          return;
        case 's3':
          await s3.send(
            new PutObjectCommand({
              Bucket: arn.slice(arn.lastIndexOf(':') + 1),
              Key: recordKey(functionArn.split(':')[6] ?? '', Date.parse(record.timestamp)),
              Body: body,
              ContentType: 'application/json',
            }),
          );
          return;
        case 'lambda':
          await invoke(arn, record);
          return;
        case 'events':
          await putEvent({
            ...{ EventBusName: arn, Source: 'lambda', Detail: body, Resources: [functionArn, arn] },
            DetailType: `Lambda Function Invocation Result - ${condition === 'Success' ? 'Success' : 'Failure'}`,
          });
      }
    },
    sendDeadLetter: async ({ kind, arn }, payload, { RequestID, ErrorCode, ErrorMessage }) => {
      const body = JSON.stringify(payload);
      const MessageAttributes = {
        RequestID: { DataType: 'String', StringValue: RequestID },
        ErrorCode: { DataType: 'Number', StringValue: ErrorCode },
        ErrorMessage: { DataType: 'String', StringValue: ErrorMessage },
      };
      if (kind === 'sqs')
        await sqs.send(
          new SendMessageCommand({ QueueUrl: await urlOf(arn), MessageBody: body, MessageAttributes }),
        );
      else await sns.send(new PublishCommand({ TopicArn: arn, Message: body, MessageAttributes }));
    },
  };
};
