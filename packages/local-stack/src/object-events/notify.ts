import { randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNT } from '../stack-constants.ts';
import type { Notification } from './configuration.ts';

/** What became of an object in the engine. */
export interface ObjectEvent {
  readonly name:
    | 'ObjectCreated:Put'
    | 'ObjectCreated:Copy'
    | 'ObjectCreated:CompleteMultipartUpload'
    | 'ObjectRemoved:Delete';
  readonly bucket: string;
  readonly key: string;
  /** Of an object that was created: bytes, and its ETag without quotes. */
  readonly size?: number;
  readonly eTag?: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Where notifications go. */
export interface NotificationPorts {
  invoke(functionArn: string, event: unknown): unknown;
  sendMessage(queueArn: string, body: string): Promise<unknown>;
  publish(topicArn: string, message: string, subject: string): Promise<unknown>;
}

/** As S3 encodes keys in notifications: as HTML forms do, but for the slash. */
export const encodedKey = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const isWanted = (
  { bucket, event, prefix, suffix }: Notification,
  { bucket: where, name, key }: ObjectEvent,
): boolean => {
  const wanted = event.slice('s3:'.length);
  const matches = wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
  return bucket === where && matches && key.startsWith(prefix) && key.endsWith(suffix);
};

/**
 * The message that S3 sends.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
const messageOf = (
  { id }: Notification,
  { name, bucket, key, size, eTag, at }: ObjectEvent,
  region: string,
  sequencer: string,
) => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: region,
      eventTime: new Date(at).toISOString(),
      eventName: name,
      userIdentity: { principalId: `AWS:${LOCAL_ACCOUNT}` },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: { 'x-amz-request-id': randomUUID(), 'x-amz-id-2': randomUUID() },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: id,
        bucket: {
          name: bucket,
          ownerIdentity: { principalId: LOCAL_ACCOUNT },
          arn: `arn:aws:s3:::${bucket}`,
        },
        object: {
          key: encodedKey(key),
          ...(size !== undefined && { size }),
          ...(eTag !== undefined && { eTag }),
          sequencer,
        },
      },
    },
  ],
});

/**
 * Tells functions, queues and topics of objects, as the buckets ask for.
 * @param log hears of notifications that cannot be delivered
 * @returns what is to be called with each event of the engine
 */
export const createNotifier = ({
  notifications,
  ports,
  region,
  log,
}: {
  notifications: readonly Notification[];
  ports: NotificationPorts;
  region: string;
  log: (line: string) => void;
}): ((event: ObjectEvent) => Promise<void>) => {
  let sequence = 0;
  return async (event) => {
    sequence += 1;
    // Later events of a key have a higher one, compared as texts of the same length.
    const sequencer =
      `${event.at.toString(16).padStart(12, '0')}${(sequence % 0xffff).toString(16).padStart(4, '0')}`.toUpperCase();
    const deliver = async (notification: Notification) => {
      const message = messageOf(notification, event, region, sequencer);
      const { kind, arn } = notification;
      if (kind === 'lambda') return ports.invoke(arn, message);
      if (kind === 'sqs') return ports.sendMessage(arn, JSON.stringify(message));
      return ports.publish(arn, JSON.stringify(message), 'Amazon S3 Notification');
    };
    for (const notification of notifications.filter((one) => isWanted(one, event)))
      await deliver(notification).catch((error: unknown) =>
        log(`the notification of ${event.bucket}/${event.key} to ${notification.arn} is lost: ${error}`),
      );
  };
};
