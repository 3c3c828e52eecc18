import { setTimeout as sleep } from 'node:timers/promises';
import { Client, errors } from '@opensearch-project/opensearch';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws-v3';
import * as z from 'zod';
import { requiredText } from '#lib/platform/config.ts';

/** Twice this, and the pause between, is less than a search function may take. */
const TIMEOUT_MS = 4_000;
const PAUSE_MS = 200;

export const OpenSearchConfig = z.object({
  /** For example `https://search-posts-abc.us-east-1.es.amazonaws.com`. */
  OPENSEARCH_ENDPOINT: z.url(),
  AWS_REGION: requiredText,
});

/**
 * The client of an OpenSearch domain. Requests are signed with the function's credentials. The client would repeat them
 * without a pause: `withRetry` does it instead.
 * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
 */
export const openSearchClient = (
  { OPENSEARCH_ENDPOINT, AWS_REGION }: z.infer<typeof OpenSearchConfig>,
  requestTimeout = TIMEOUT_MS,
): Client =>
  new Client({
    node: OPENSEARCH_ENDPOINT,
    requestTimeout,
    maxRetries: 0,
    ...AwsSigv4Signer({ region: AWS_REGION, service: 'es' }),
  });

/** A connection that was closed while the function slept, or a busy node. */
const isPassing = (error: unknown): boolean =>
  error instanceof errors.ResponseError
    ? [429, 502, 503, 504].includes(error.statusCode)
    : error instanceof errors.ConnectionError || error instanceof errors.TimeoutError;

/** Sends an idempotent request, and repeats it once after a pause if that may help. */
export const withRetry = async <Answer>(send: () => PromiseLike<Answer>): Promise<Answer> => {
  try {
    return await send();
  } catch (error) {
    if (!isPassing(error)) throw error;
    await sleep(PAUSE_MS * (1 + Math.random()));
    return send();
  }
};

/** Before the first post there is no index. */
export const isMissingIndex = (error: unknown): boolean =>
  error instanceof errors.ResponseError && error.body?.error?.type === 'index_not_found_exception';
