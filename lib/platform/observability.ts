import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { MiddlewareObj } from '@middy/core';
import { factsOf, logger } from './logger.ts';
import { metrics } from './metrics.ts';

/** Logs what a handler throws, and rethrows it without its properties: Lambda would log those unredacted. */
const logFailure: MiddlewareObj = {
  onError: (request) => {
    if (!request.error) return;
    logger.error('invocation failed', { error: request.error });
    const { name, message, stack } = factsOf(request.error);
    request.error = Object.assign(new Error(message), { name, stack });
  },
};

/** The middlewares of every handler: the logger's context, metrics, cold starts counted, failures logged. */
export const observability: MiddlewareObj[] = [
  injectLambdaContext(logger),
  logMetrics(metrics, { captureColdStartMetric: true }),
  logFailure,
];
