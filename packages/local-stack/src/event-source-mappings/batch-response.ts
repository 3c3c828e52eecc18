import { z } from 'zod';

/**
 * What a function's return value says about its batch under `ReportBatchItemFailures`.
 *
 * Documented: an empty response, a null one, and an empty or null list are a success; an identifier that is empty,
 * null, under another key or not in the batch fails the whole batch. A misspelt outer key makes an empty response.
 * Measured on AWS by LocalStack's validated tests, for streams: `[]` and `""` are a success as well, so that an empty
 * value of any type is an empty response. What holds something and is no object is a failure, which is decided here.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export type BatchVerdict =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure' }
  | { readonly kind: 'partial'; readonly failed: ReadonlySet<string> };

const emptyResponse = z.union([z.null(), z.undefined(), z.literal(''), z.array(z.unknown()).max(0)]);
const response = z.object({ batchItemFailures: z.unknown().optional() });
const failures = z.array(z.object({ itemIdentifier: z.string().min(1) }));

/** `identifiers` are those of the delivered batch: sequence numbers or message ids. */
export function readBatchResponse(payload: unknown, identifiers: ReadonlySet<string>): BatchVerdict {
  if (emptyResponse.safeParse(payload).success) return { kind: 'success' };
  const outer = response.safeParse(payload);
  // Not an object: an invalid response, which is a complete failure.
  if (!outer.success) return { kind: 'failure' };
  const { batchItemFailures } = outer.data;
  if (batchItemFailures === null || batchItemFailures === undefined) return { kind: 'success' };
  const list = failures.safeParse(batchItemFailures);
  if (!list.success) return { kind: 'failure' };
  const failed = new Set(list.data.map((failure) => failure.itemIdentifier));
  if (failed.size === 0) return { kind: 'success' };
  for (const identifier of failed) if (!identifiers.has(identifier)) return { kind: 'failure' };
  return { kind: 'partial', failed };
}
