import type { MiddlewareObj } from '@middy/core';
import { isThrottlingError } from '@smithy/core/retry';
import * as z from 'zod';
import { logger } from '#lib/platform/logger.ts';
import { RetryLater } from '#lib/platform/retry-later.ts';
import { PostError } from '#lib/posts/post-error.ts';
import type { GatewayEvent } from './gateway-event.ts';
import { Problem } from './problem.ts';
import { json, type Response } from './response.ts';

// How DynamoDB reports throttling within a transaction.
const THROTTLING_CODES = ['ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded'];
const TransactionCanceled = z.object({
  CancellationReasons: z.array(z.object({ Code: z.string().optional() })),
});

const isSdkError = (error: Error): error is Parameters<typeof isThrottlingError>[0] => '$metadata' in error;

const isThrottled = (error: Error): boolean =>
  (isSdkError(error) && isThrottlingError(error)) ||
  !!TransactionCanceled.safeParse(error).data?.CancellationReasons.some(({ Code = '' }) =>
    THROTTLING_CODES.includes(Code),
  ) ||
  (error.cause instanceof Error && isThrottled(error.cause));

/** The only place where errors become HTTP. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof PostError) return new Problem(error.code, { cause: error });
  if (error instanceof RetryLater)
    return new Problem('unavailable', { retryAfter: error.seconds, cause: error });
  if (error instanceof Error && isThrottled(error)) return new Problem('unavailable', { cause: error });
  return new Problem('internal-error', { cause: error });
};

/** Middleware: answers errors with problem details, and logs the service's own. */
export const problemDetails = (): MiddlewareObj<GatewayEvent, Response> => ({
  onError: (request) => {
    const problem = problemOf(request.error);
    const { status, headers, cause } = problem;
    logger.appendKeys({ problem: problem.problem });
    if (status >= 500) logger.error('request failed', { error: cause });
    request.response = json(status, problem.details(request.event.requestContext.requestId), {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    });
    // For the middlewares around this one it is no failure.
    request.error = null;
  },
});
