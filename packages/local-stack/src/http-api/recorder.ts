import type { Clock } from '../clock.ts';
import type { EmittedMetric } from '../metrics/emitted.ts';
import type { MetricSink } from '../metrics/metric.ts';
import type { EventSink } from '../trace/stack-event.ts';
import { accessLogLine } from './access-log.ts';
import type { HttpApiDefinition } from './definition.ts';
import { commonLogTime } from './event.ts';
import type { Authorization } from './jwt-authorizer.ts';
import type { ApiRequest } from './request.ts';
import type { ApiResponse } from './response.ts';

/** What is known of a request when it has been answered. */
export interface Account {
  requestId: string;
  request?: ApiRequest;
  routeKey?: string;
  /** Of the function's invocation. */
  invocationId?: string;
  /** Milliseconds. */
  integrationLatency?: number;
  integrationError?: string;
  authorizerError?: string;
  authorization?: Authorization;
  /** Answered by the gateway's own cross-origin rules. */
  preflight?: boolean;
}

/**
 * Writes the line and the metrics of an answered request; `latency` in milliseconds.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 */
export function createRecorder(
  api: HttpApiDefinition,
  clock: Clock,
  metrics: MetricSink,
  accessLog: (line: string) => void,
  onEvent?: EventSink,
): (account: Account, sent: ApiResponse, latency: number) => void {
  const { stage } = api;
  return (account, sent, latency) => {
    const { request, integrationLatency } = account;
    const { status, body } = sent;
    const measure = (
      name: EmittedMetric<'AWS/ApiGateway'>,
      value: number,
      unit: 'Count' | 'Milliseconds' | 'Bytes',
    ) => {
      for (const dimensions of [{ ApiId: api.apiId }, { ApiId: api.apiId, Stage: stage.name }]) {
        metrics({ namespace: 'AWS/ApiGateway', name, dimensions, value, unit, timestamp: clock.now() });
      }
    };
    measure('Count', 1, 'Count');
    measure('4xx', status >= 400 && status < 500 ? 1 : 0, 'Count');
    measure('5xx', status >= 500 ? 1 : 0, 'Count');
    measure('Latency', latency, 'Milliseconds');
    if (integrationLatency !== undefined) measure('IntegrationLatency', integrationLatency, 'Milliseconds');
    measure('DataProcessed', body.length, 'Bytes');
    onEvent?.({
      kind: 'request',
      requestId: account.requestId,
      invocationId: account.invocationId,
      method: request?.method ?? '',
      path: request?.path ?? '',
      routeKey: account.routeKey,
      status,
      reason: account.integrationError ?? account.authorizerError,
      began: clock.now() - latency,
      ended: clock.now(),
    });
    const claims = Object.entries(account.authorization?.claims ?? {}).map(
      ([name, value]) => [`authorizer.claims.${name}`, value] as const,
    );
    const context = {
      accountId: api.accountId,
      apiId: api.apiId,
      stage: stage.name,
      requestId: account.requestId,
      extendedRequestId: account.requestId,
      requestTime: commonLogTime(clock.now()),
      requestTimeEpoch: clock.now(),
      httpMethod: request?.method,
      path: request?.path,
      protocol: request?.protocol,
      domainName: request?.headers.host,
      'identity.sourceIp': request?.sourceIp,
      'identity.userAgent': request?.headers['user-agent'],
      routeKey: account.routeKey,
      status,
      responseLength: body.length,
      responseLatency: Math.round(latency),
      integrationLatency: integrationLatency && Math.round(integrationLatency),
      'integration.latency': integrationLatency && Math.round(integrationLatency),
      integrationErrorMessage: account.integrationError,
      'integration.error': account.integrationError,
      'authorizer.error': account.authorizerError,
      ...Object.fromEntries(claims),
    };
    accessLog(accessLogLine(stage.accessLogFormat, context));
  };
}
