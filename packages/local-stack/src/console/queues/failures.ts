import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { readBatchResponse } from '../../event-source-mappings/batch-response.ts';
import { logicalIdsOf } from '../../trace/logical-ids.ts';
import { parsedJson } from '../../trace/wording.ts';
import type { ConsoleParts } from '../parts.ts';
import { ConsoleError } from '../route.ts';
import type { FailureBucketView, FailureObjectView } from './wire.ts';

const Destined = z.looseObject({
  DestinationConfig: z
    .looseObject({ OnFailure: z.looseObject({ Destination: z.string() }).optional() })
    .optional(),
});

/** What Lambda writes of a batch that a stream gave up. */
const GivenUp = z.looseObject({
  requestContext: z.looseObject({
    functionArn: z.string(),
    condition: z.string(),
    approximateInvokeCount: z.number(),
  }),
  DDBStreamBatchInfo: z.looseObject({ batchSize: z.number() }),
  payload: z.string().optional(),
});

const MAX_SHOWN = 100;

const causeOfObject = (json: unknown): string => {
  const { data } = GivenUp.safeParse(json);
  if (!data) {
    const { reason, message, error } = Object(json);
    return [reason, message, error].find((text) => typeof text === 'string') ?? 'see its JSON';
  }
  const { condition, approximateInvokeCount: tries } = data.requestContext;
  const { batchSize } = data.DDBStreamBatchInfo;
  return `${condition}: ${batchSize} ${batchSize === 1 ? 'record' : 'records'}, ${tries} ${tries === 1 ? 'try' : 'tries'}`;
};

/** The buckets that receive given-up stream batches, and their objects. */
export const failureBuckets = ({ provisioned, clients, runtime }: ConsoleParts) => {
  const nameOf = logicalIdsOf(provisioned);
  const mappings = provisioned.ofType('AWS::Lambda::EventSourceMapping');
  const destinationOf = ({ properties }: (typeof mappings)[number]) =>
    Destined.parse(properties).DestinationConfig?.OnFailure?.Destination;
  const buckets = provisioned
    .ofType('AWS::S3::Bucket')
    .filter(({ attributes }) => mappings.some((mapping) => destinationOf(mapping) === attributes.Arn));

  const refOf = (id: string): string => {
    const bucket = buckets.find(({ logicalId }) => logicalId === id);
    if (bucket) return bucket.ref;
    throw new ConsoleError(404, `${id} is no bucket that a stream's failures go to`);
  };
  const read = async (Bucket: string, Key: string): Promise<unknown> => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key }));
    return parsedJson((await Body?.transformToString()) ?? '');
  };
  const remove = (Bucket: string, Key: string) => clients.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  const listed = async (Bucket: string) => {
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket }));
    return Contents;
  };

  return {
    views: (): Promise<FailureBucketView[]> =>
      Promise.all(
        buckets.map(async ({ logicalId, ref, attributes }) => ({
          id: logicalId,
          toldBy: mappings
            .filter((mapping) => destinationOf(mapping) === attributes.Arn)
            .map((mapping) => mapping.logicalId),
          objects: (await listed(ref)).length,
        })),
      ),
    objects: async (id: string): Promise<FailureObjectView[]> => {
      const Bucket = refOf(id);
      const latest = (await listed(Bucket))
        .toSorted((one, other) => Number(other.LastModified) - Number(one.LastModified))
        .slice(0, MAX_SHOWN);
      return Promise.all(
        latest.map(async ({ Key = '', LastModified, Size = 0 }) => {
          const json = await read(Bucket, Key);
          const { data } = GivenUp.safeParse(json);
          return {
            ...{ key: Key, at: LastModified?.getTime() ?? 0, bytes: Size, json, cause: causeOfObject(json) },
            ...(data?.payload !== undefined && { functionId: nameOf(data.requestContext.functionArn) }),
          };
        }),
      );
    },
    /** Hands a given-up batch to its function again; the object goes when all of it succeeds. */
    redrive: async (id: string, key: string): Promise<void> => {
      const Bucket = refOf(id);
      const { data } = GivenUp.safeParse(await read(Bucket, key));
      if (data?.payload === undefined)
        throw new ConsoleError(409, `${key} holds no batch that could be handed to a function again`);
      const name = data.requestContext.functionArn.split(':').at(-1) ?? '';
      const result = await runtime.invoke(name, parsedJson(data.payload));
      const verdict = result.kind === 'success' ? readBatchResponse(result.payload, new Set()) : undefined;
      if (verdict?.kind !== 'success')
        throw new ConsoleError(
          409,
          `${nameOf(name)} failed again${result.kind === 'error' ? `: ${result.errorMessage}` : ''}; ${key} stays`,
        );
      await remove(Bucket, key);
    },
    discard: async (id: string, key: string): Promise<void> => {
      await remove(refOf(id), key);
    },
  };
};
