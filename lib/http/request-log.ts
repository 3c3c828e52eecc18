import type { MiddlewareObj } from '@middy/core';
import { logger } from '#lib/platform/logger.ts';
import { correlationIdOf, GatewayEvent } from './gateway-event.ts';
import type { Response } from './response.ts';

/** Middleware: gives the request's log lines and its answer the same ids, and writes one line a request. */
export const requestLog = (): MiddlewareObj<GatewayEvent, Response> => {
  let started = 0;
  const finish: MiddlewareObj<GatewayEvent, Response>['after'] = ({ event, response }) => {
    if (!response) return;
    response.headers['x-request-id'] = event.requestContext.requestId;
    response.headers['x-correlation-id'] = correlationIdOf(event);
    const latencyMs = Math.round(performance.now() - started);
    logger.info('request', { status: response.statusCode, latencyMs, location: response.headers.location });
    logger.resetKeys();
  };
  return {
    before: (request) => {
      started = performance.now();
      request.event = GatewayEvent.parse(request.event);
      const { routeKey, requestContext } = request.event;
      logger.appendKeys({
        route: routeKey,
        requestId: requestContext.requestId,
        correlationId: correlationIdOf(request.event),
      });
    },
    after: finish,
    onError: finish,
  };
};
