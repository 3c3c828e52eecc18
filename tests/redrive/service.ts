import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { forgetData, type LaunchedStack, launchStack } from '#local/launch.ts';
import { localTarget } from '../../ops/redrive/target/local-target.ts';
import type { Target } from '../../ops/redrive/target/target.ts';
import { userOf } from '../../scripts/demo/client.ts';

const Deliveries = z.array(z.object({ to: z.string(), body: z.string() }));

/** A launched stack, with what an operator's tools and their tests need of it. */
export const launchService = async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'redrive-'));
  const stack = await launchStack(
    { serviceDirectory: resolve('.'), dataDirectory },
    AbortSignal.timeout(100_000),
  );
  const target = localTarget(dataDirectory, 'us-east-1');
  return { stack, target, dataDirectory, ...console(stack), ...bucketOf(stack, target), ...end() };

  function end() {
    return {
      stop: async () => {
        target.close();
        await stack.stop();
        await forgetData(dataDirectory);
      },
    };
  }
};
export type Service = Awaited<ReturnType<typeof launchService>>;

const console = ({ running }: LaunchedStack) => ({
  user: (name: string) => userOf(running.apiUrl, running.issuer, name),
  /** Commands the stack's console. @throws with its answer when it refuses */
  command: async (method: string, path: string, body?: string): Promise<unknown> => {
    const answer = await fetch(`${running.consoleUrl}${path}`, { method, ...(body && { body }) });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
    return JSON.parse(said);
  },
  /** Bodies that arrived since a time, by the logical part of the queue's name. */
  arrivedIn: async (queue: string, since: number): Promise<string[]> => {
    const answer = await fetch(`${running.consoleUrl}/deliveries?since=${since}`);
    return Deliveries.parse(await answer.json())
      .filter(({ to }) => to.endsWith(`-${queue}`))
      .map(({ body }) => body);
  },
});

const bucketOf = (stack: LaunchedStack, { clients: { s3 } }: Target) => {
  const Bucket = stack.refOf('FailuresBucket');
  return {
    bucket: Bucket,
    /** Text as it is, everything else as JSON. */
    put: (Key: string, value: unknown) =>
      s3.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body: typeof value === 'string' ? value : JSON.stringify(value),
        }),
      ),
    get: async (Key: string): Promise<unknown> => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return JSON.parse((await Body?.transformToString()) ?? '');
    },
    keys: async (Prefix: string): Promise<string[]> => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    },
  };
};
