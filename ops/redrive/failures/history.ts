import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { objectsBelow } from './bucket.ts';

/** What is remembered of a failure from its first redrive on. */
export const History = z.object({
  /** The facts of the first failure: a redrive makes SQS forget them, and a record that is parked anew has others. */
  first: z.object({
    since: z.string(),
    reason: z.string(),
    attempts: z.number().optional(),
    place: z.string(),
  }),
  redrives: z.array(z.object({ at: z.string(), outcome: z.string() })),
  /** Of a batch that was published in part: the first record that still has to be. */
  resumeAt: z.string().optional(),
});
export type History = z.infer<typeof History>;

const PREFIX = 'redriven/history/';
const keyOf = (id: string): string => `${PREFIX}${id}.json`;

/**
 * Keeps the histories of failures as `redriven/history/<failure id>.json` in the failures bucket. It is the one
 * place that outlives a failure wherever it goes: StartMessageMoveTask gives messages new ids and times and takes no
 * attributes, and the body is the contract with the subscribers.
 */
export const histories = (client: S3Client, bucket: string) => {
  const read = async (id: string): Promise<History | undefined> => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(id) }));
      return History.parse(JSON.parse((await Body?.transformToString()) ?? ''));
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };
  return {
    read,
    /** The ids that have a history. */
    known: async (): Promise<ReadonlySet<string>> => {
      const objects = await objectsBelow(client, bucket, PREFIX);
      return new Set(objects.map(({ key }) => key.slice(PREFIX.length, -'.json'.length)));
    },
    write: async (id: string, history: History): Promise<void> => {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: keyOf(id),
          Body: JSON.stringify(history),
          ContentType: 'application/json',
        }),
      );
    },
  };
};
export type Histories = ReturnType<typeof histories>;
