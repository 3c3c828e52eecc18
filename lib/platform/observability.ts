import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { MiddlewareObj } from '@middy/core';
import { factsOf, logger } from './logger.ts';
import { metrics } from './metrics.ts';

/**
 * Logs what a handler throws, and throws it on without its properties: Lambda writes those into the log, past the
 * logger's redaction.
 */
const logFailure: MiddlewareObj = {
  onError: (request) => {
    if (!request.error) return;
    logger.error('invocation failed', { error: request.error });
    const { name, message, stack } = factsOf(request.error);
    request.error = Object.assign(new Error(message), { name, stack });
  },
};

/**
 * What every handler begins with: log lines name the request they belong to, metrics are written when the handler ends,
 * cold starts are counted, failures logged.
 */
export const observability: MiddlewareObj[] = [
  injectLambdaContext(logger),
  logMetrics(metrics, { captureColdStartMetric: true }),
  logFailure,
];
