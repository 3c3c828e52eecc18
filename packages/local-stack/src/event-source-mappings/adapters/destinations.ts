import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { FailureDestinations } from '../ports.ts';

/** On-failure destinations through the AWS SDK. */
export function awsDestinations(
  clients: { sqs: SQSClient; sns: SNSClient; s3: S3Client },
  urlOf: (queueArn: string) => Promise<string>,
): FailureDestinations {
  return {
    async sendMessage(queueArn, body) {
      await clients.sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(queueArn), MessageBody: body }));
    },
    async publish(topicArn, message) {
      await clients.sns.send(new PublishCommand({ TopicArn: topicArn, Message: message }));
    },
    async putObject(bucketArn, key, body) {
      const Bucket = bucketArn.split(':').pop();
      await clients.s3.send(
        new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: 'application/json' }),
      );
    },
  };
}
