import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { JWTVerifyGetKey } from 'jose';
import { type Clock, systemClock } from '../clock.ts';
import type { InvocationResult, InvokeFunction } from '../lambda-runtime/invocation.ts';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import type { MetricSink } from '../metrics/metric.ts';
import type { EventSink } from '../trace/stack-event.ts';
import { newTraceHeader } from '../trace-header.ts';
import { isPreflight, preflightResponse, withCors } from './cors.ts';
import type { HttpApiDefinition, JwtAuthorizerDefinition, RouteDefinition } from './definition.ts';
import { toEvent } from './event.ts';
import { createJwtAuthorizer, remoteKeys } from './jwt-authorizer.ts';
import { type Account, createRecorder } from './recorder.ts';
import { type ApiRequest, readBody, readRequest } from './request.ts';
import { type ApiResponse, gatewayResponse, interpretResult } from './response.ts';
import { createRouter, type RouteMatch } from './routes.ts';
import { createTokenBucket } from './token-bucket.ts';

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const maximumBodyBytes = 10 * 1024 * 1024;
const maximumHeadBytes = 10_240;
const integrationTimeoutMilliseconds = 30_000;

/** What an API serves: it can be exchanged while the API listens. */
export interface Served {
  api: HttpApiDefinition;
  invoke: InvokeFunction;
}

export interface HttpApiOptions extends Served {
  /** 0 (the default) takes a free port. */
  port?: number;
  clock?: Clock;
  metrics: MetricSink;
  /** Waits for a function as long as it takes: a debugger may have stopped it. */
  debugging?: boolean | undefined;
  /** One line per request, without a newline. */
  accessLog: (line: string) => void;
  /** Hears of every request that was answered. */
  onEvent?: EventSink;
  /** The keys of a token's issuer. Default: found through the issuer's discovery document. */
  keysOf?: (issuer: string) => JWTVerifyGetKey;
}

export interface HttpApi {
  /** Without a slash at the end; with the stage's name unless it is `$default`. */
  url: string;
  port: number;
  /** Lets requests that come from now on wait, and resolves when those under way are answered. */
  pause(): Promise<void>;
  /** Serves this from now on, also to those who wait. */
  resume(served: Served): void;
  /** Resolves when the port is free; requests under way may go on for so long, none when absent. */
  close(graceMilliseconds?: number): Promise<void>;
}

/**
 * Serves an API Gateway HTTP API with Lambda proxy integrations on 127.0.0.1: routes, JWT authorizers,
 * throttling, CORS, limits, answers, access log and metrics as API Gateway has them.
 * @throws the listening error (`EADDRINUSE`); Error for a route key that is not one
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
 */
export async function serveHttpApi(options: HttpApiOptions): Promise<HttpApi> {
  let port = 0;
  let handle = createHandler(options, () => port);
  let underWay = 0;
  let resumed: PromiseWithResolvers<void> | undefined;

  const take = async (message: IncomingMessage, response: ServerResponse) => {
    await resumed?.promise;
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
      server.emit('answered');
    });
    await handle(message, response);
  };

  // Larger than API Gateway's limit, so that the answer to too many headers is the gateway's and not Node's.
  const server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 }, (message, response) => {
    take(message, response).catch(() => response.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return;
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    const { body } = gatewayResponse(status);
    socket.end(
      `HTTP/1.1 ${status} ${status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'}\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
  port = await listenOnLoopback(server, options.port ?? 0);

  return {
    get url() {
      return `http://127.0.0.1:${port}${prefixOf(options.api)}`;
    },
    port,
    pause: async () => {
      resumed ??= Promise.withResolvers();
      while (underWay > 0) await once(server, 'answered');
    },
    resume: (served) => {
      handle = createHandler({ ...options, ...served }, () => port);
      resumed?.resolve();
      resumed = undefined;
    },
    close: (graceMilliseconds) => closeServer(server, graceMilliseconds),
  };
}

const prefixOf = ({ stage }: HttpApiDefinition): string =>
  stage.name === '$default' ? '' : `/${stage.name}`;

/** Answers the requests of one API definition. */
function createHandler(
  options: HttpApiOptions,
  portOf: () => number,
): (message: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { api, invoke, clock = systemClock, metrics, accessLog, onEvent, keysOf = remoteKeys } = options;
  const { stage } = api;
  const prefix = prefixOf(api);
  const findRoute = createRouter(api.routes);
  const mayPass = createThrottle(api);
  const record = createRecorder(api, clock, metrics, accessLog, onEvent);
  const authorizers = createAuthorizers(api.routes, keysOf, clock);

  const authorize = async (request: ApiRequest, route: RouteDefinition, account: Account) => {
    const authorizer = route.authorizer && authorizers.get(authorizerKey(route.authorizer));
    if (authorizer === undefined) return undefined;
    const result = await authorizer(request, route.authorizationScopes ?? []);
    if (result.kind === 'allowed') {
      account.authorization = result.authorization;
      return undefined;
    }
    account.authorizerError = result.reason;
    if (result.kind === 'failed') return gatewayResponse(500);
    const status = result.kind === 'forbidden' ? 403 : 401;
    return gatewayResponse(status, { 'www-authenticate': result.wwwAuthenticate });
  };

  const integrate = async (request: ApiRequest, body: Buffer, match: RouteMatch, account: Account) => {
    const event = toEvent(request, body, match, account.authorization, {
      apiId: api.apiId,
      accountId: api.accountId,
      stage: stage.name,
      requestId: account.requestId,
      traceId: request.headers['x-amzn-trace-id'] ?? newTraceHeader(clock.now()),
      now: clock.now(),
      port: portOf(),
    });
    const limit = Math.min(
      match.route.timeoutMilliseconds ?? Number.POSITIVE_INFINITY,
      integrationTimeoutMilliseconds,
    );
    const began = performance.now();
    const invocationId = randomUUID();
    account.invocationId = invocationId;
    const invoked = invoke(match.route.functionName, event, { requestId: invocationId });
    const result = await (options.debugging ? invoked : within(clock, limit, invoked));
    account.integrationLatency = performance.now() - began;
    return integrationResponse(result, account);
  };

  const preflightAnswer = ({ method, headers }: ApiRequest) => {
    const { cors } = api;
    const { origin } = headers;
    if (cors === undefined || origin === undefined || !isPreflight(method, headers)) return undefined;
    return (account: Account): ApiResponse => {
      account.preflight = true;
      return preflightResponse(cors, origin);
    };
  };

  const answer = async (message: IncomingMessage, account: Account): Promise<ApiResponse> => {
    const request = readRequest(message);
    if (request === undefined) return gatewayResponse(400);
    account.request = request;
    if (request.headBytes > maximumHeadBytes) return gatewayResponse(431);
    if (prefix !== '' && request.encodedPath !== prefix && !request.encodedPath.startsWith(`${prefix}/`)) {
      return gatewayResponse(404);
    }
    const match = findRoute(request.method, request.encodedPath.slice(prefix.length) || '/');
    const preflight = preflightAnswer(request);
    if (match === undefined) return preflight?.(account) ?? gatewayResponse(404);
    account.routeKey = match.route.routeKey;
    if (!mayPass(match.route.routeKey, clock.now())) return gatewayResponse(429);
    const refusal = await authorize(request, match.route, account);
    if (refusal !== undefined) return refusal;
    if (preflight) return preflight(account);
    const body = await readBody(message, maximumBodyBytes);
    if (body === undefined) return gatewayResponse(413);
    return integrate(request, body, match, account);
  };

  return async (message, response) => {
    const began = performance.now();
    const account: Account = { requestId: newRequestId() };
    const plain = await answer(message, account).catch((error: unknown) => {
      account.integrationError = String(error);
      return gatewayResponse(500);
    });
    // A client that disconnects during its request is not an error.
    if (message.destroyed && !message.complete) return;
    const { origin } = account.request?.headers ?? {};
    const answered = api.cors && !account.preflight ? withCors(api.cors, origin, plain) : plain;
    const sent = send(response, message, answered, account.requestId);
    record(account, sent, performance.now() - began);
  };
}

function createThrottle({ routes, stage }: HttpApiDefinition): (routeKey: string, now: number) => boolean {
  const buckets = new Map<string, (now: number) => boolean>();
  for (const { routeKey } of routes) {
    const throttling = stage.routeThrottling?.[routeKey] ?? stage.throttling;
    if (throttling !== undefined) buckets.set(routeKey, createTokenBucket(throttling));
  }
  return (routeKey, now) => buckets.get(routeKey)?.(now) ?? true;
}

const authorizerKey = ({ issuer, audience, identitySource }: JwtAuthorizerDefinition): string =>
  JSON.stringify([issuer, audience, identitySource]);

/** Routes with the same authorizer share it, and authorizers of one issuer share its keys. */
function createAuthorizers(
  routes: readonly RouteDefinition[],
  keysOf: (issuer: string) => JWTVerifyGetKey,
  clock: Clock,
) {
  const keys = new Map<string, JWTVerifyGetKey>();
  const authorizers = new Map<string, ReturnType<typeof createJwtAuthorizer>>();
  for (const { authorizer } of routes) {
    if (authorizer === undefined) continue;
    const issuerKeys = keys.get(authorizer.issuer) ?? keysOf(authorizer.issuer);
    keys.set(authorizer.issuer, issuerKeys);
    authorizers.set(authorizerKey(authorizer), createJwtAuthorizer(authorizer, issuerKeys, clock));
  }
  return authorizers;
}

/** Undefined when the time is over; the invocation itself goes on, as it does on AWS. */
async function within<T>(clock: Clock, milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([work, clock.sleep(milliseconds, timer.signal).then(() => undefined)]);
  } finally {
    timer.abort();
  }
}

function integrationResponse(result: InvocationResult | undefined, account: Account): ApiResponse {
  if (result === undefined) {
    account.integrationError = 'The integration timed out';
    return gatewayResponse(503);
  }
  if (result.kind === 'throttled') {
    account.integrationError = 'The function is throttled';
    return gatewayResponse(503);
  }
  if (result.kind === 'error') {
    account.integrationError = `${result.errorType}: ${result.errorMessage}`;
    return gatewayResponse(result.errorType === 'RequestEntityTooLarge' ? 413 : 500);
  }
  const response = interpretResult(result.payload);
  if (response !== undefined) return response;
  account.integrationError = 'The function returned a malformed response';
  return gatewayResponse(500);
}

/** Writes the answer; a header that HTTP cannot carry makes the function's response malformed. */
function send(
  response: ServerResponse,
  message: IncomingMessage,
  answer: ApiResponse,
  requestId: string,
): ApiResponse {
  const { status, headers, body } = answer;
  const bodiless = status === 204 || status === 304;
  const length = bodiless ? {} : { 'content-length': body.length };
  try {
    response.writeHead(status, { ...headers, ...length, 'apigw-requestid': requestId });
  } catch {
    return send(response, message, gatewayResponse(500), requestId);
  }
  response.end(bodiless || message.method === 'HEAD' ? undefined : body);
  return answer;
}

/** As API Gateway's look: `JKJaXmPLvHcESHA=`. */
const newRequestId = (): string => randomBytes(11).toString('base64');
