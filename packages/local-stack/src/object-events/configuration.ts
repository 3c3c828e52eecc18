import { z } from 'zod';
import type { Judge } from '../iam/index.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import { LOCAL_ACCOUNT } from '../stack-constants.ts';
import { UserError } from '../user-error.ts';

/** Where a bucket tells of its objects, and of which. */
export interface Notification {
  readonly bucketLogicalId: string;
  readonly bucket: string;
  readonly id: string;
  /** For example `s3:ObjectCreated:*`. */
  readonly event: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly kind: 'lambda' | 'sqs' | 'sns';
  readonly arn: string;
}

const Filter = z
  .strictObject({
    S3Key: z.strictObject({
      Rules: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).max(2),
    }),
  })
  .optional();

const SERVED = /^s3:(ObjectCreated:(\*|Put|Copy|CompleteMultipartUpload)|ObjectRemoved:(\*|Delete))$/;
const Event = z.string().regex(SERVED, {
  error:
    'only events of ObjectCreated (Put, Copy, CompleteMultipartUpload) and ObjectRemoved (Delete) are served',
});

const NotificationConfiguration = z.strictObject({
  LambdaConfigurations: z.array(z.strictObject({ Event, Filter, Function: z.string() })).default([]),
  QueueConfigurations: z.array(z.strictObject({ Event, Filter, Queue: z.string() })).default([]),
  TopicConfigurations: z.array(z.strictObject({ Event, Filter, Topic: z.string() })).default([]),
  EventBridgeConfiguration: z
    .undefined({ error: 'notifications of a bucket to EventBridge are not served' })
    .optional(),
});

/** The rules of a filter by their name, which may be written `Prefix` or `prefix`. */
const ruleOf = (filter: z.infer<typeof Filter>, name: string): string =>
  filter?.S3Key.Rules.find((rule) => rule.Name.toLowerCase() === name)?.Value ?? '';

/**
 * The notifications that the buckets of a template declare.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html
 * @throws {UserError} naming everything that is not served
 */
export const declaredNotifications = (provisioned: Pick<ProvisionedTemplate, 'ofType'>): Notification[] => {
  const problems: string[] = [];
  const notifications = provisioned.ofType('AWS::S3::Bucket').flatMap(({ logicalId, ref, properties }) => {
    const parsed = NotificationConfiguration.safeParse(properties.NotificationConfiguration ?? {});
    if (!parsed.success) {
      problems.push(
        `  ${logicalId} (AWS::S3::Bucket), NotificationConfiguration: ${z.prettifyError(parsed.error)}`,
      );
      return [];
    }
    const { LambdaConfigurations, QueueConfigurations, TopicConfigurations } = parsed.data;
    const targets = [
      ...LambdaConfigurations.map((one) => ({ ...one, kind: 'lambda' as const, arn: one.Function })),
      ...QueueConfigurations.map((one) => ({ ...one, kind: 'sqs' as const, arn: one.Queue })),
      ...TopicConfigurations.map((one) => ({ ...one, kind: 'sns' as const, arn: one.Topic })),
    ];
    return targets.map(({ Event: event, Filter: filter, kind, arn }, index): Notification => {
      if (arn.endsWith('.fifo'))
        problems.push(`  ${logicalId} (AWS::S3::Bucket): ${arn}: S3 does not send to FIFO queues and topics`);
      return {
        ...{ bucketLogicalId: logicalId, bucket: ref, id: `${logicalId}-${index + 1}`, event, kind, arn },
        ...{ prefix: ruleOf(filter, 'prefix'), suffix: ruleOf(filter, 'suffix') },
      };
    });
  });
  if (problems.length > 0)
    throw new UserError(['These notifications are not served:', ...problems].join('\n'));
  return notifications;
};

const ACTIONS = { lambda: 'lambda:InvokeFunction', sqs: 'sqs:SendMessage', sns: 'sns:Publish' } as const;

/**
 * Refuses notifications whose function, queue or topic does not let the bucket in, as S3 refuses to configure them.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
 * @throws {UserError} naming each of them
 */
export const admitNotifications = (
  notifications: readonly Notification[],
  judge: Pick<Judge, 'decideForService'>,
): void => {
  const problems = notifications.flatMap(({ bucketLogicalId, bucket, kind, arn }) => {
    const context = {
      'aws:SourceArn': `arn:aws:s3:::${bucket}`,
      'aws:SourceAccount': LOCAL_ACCOUNT,
    };
    const need = { action: ACTIONS[kind], resource: arn };
    const { decision } = judge.decideForService('s3.amazonaws.com', context, need);
    return decision.allowed
      ? []
      : [`  ${bucketLogicalId}: ${arn} does not allow ${need.action} to s3.amazonaws.com for this bucket`];
  });
  if (problems.length > 0)
    throw new UserError(
      ['S3 would refuse these notifications (unable to validate the destination):', ...problems].join('\n'),
    );
};
