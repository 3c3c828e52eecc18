import { setTimeout as sleep } from 'node:timers/promises';
import { Client, errors } from '@opensearch-project/opensearch';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws-v3';
import * as z from 'zod';
import { requiredText } from '#lib/platform/config.ts';

/** Twice this, and the pause between, is less than a search function may take. */
const TIMEOUT_MS = 4_000;
const PAUSE_MS = 200;

/** What a function that searches or indexes on OpenSearch has in its environment. */
export const OpenSearchConfig = z.object({
  /** For example `https://search-posts-abc.us-east-1.es.amazonaws.com`. */
  OPENSEARCH_ENDPOINT: z.url(),
  AWS_REGION: requiredText,
});

/**
 * The client of an OpenSearch domain, whose requests are signed with the function's own credentials. It does not repeat
 * them by itself, since it would do so without a pause: `withRetry` does.
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

/** Whether a second attempt may succeed: a connection that was closed while the function slept, or a node that is busy. */
const isPassing = (error: unknown): boolean =>
  error instanceof errors.ResponseError
    ? [429, 502, 503, 504].includes(error.statusCode)
    : error instanceof errors.ConnectionError || error instanceof errors.TimeoutError;

/** Sends a request, which may be sent twice, once more after a pause if that may help. */
export const withRetry = async <Answer>(send: () => PromiseLike<Answer>): Promise<Answer> => {
  try {
    return await send();
  } catch (error) {
    if (!isPassing(error)) throw error;
    await sleep(PAUSE_MS * (1 + Math.random()));
    return send();
  }
};

/** Whether a request failed because there is no such index: not before the first post, or by accident. */
export const isMissingIndex = (error: unknown): boolean =>
  error instanceof errors.ResponseError && error.body?.error?.type === 'index_not_found_exception';
