import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { type Judge, refusedBy } from '../iam/index.ts';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import type { InvocationResult } from './invocation.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const payloadLimits = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 } as const;
type InvocationType = keyof typeof payloadLimits;

/** The tail that `LogType: Tail` returns. */
const logTailBytes = 4096;

export interface LambdaApi {
  /** For `AWS_ENDPOINT_URL_LAMBDA`. */
  url: string;
  /** Resolves when the port is free; requests under way may go on for so long, none when absent. */
  close(graceMilliseconds?: number): Promise<void>;
}

/**
 * Serves the Invoke operation of Lambda's API on 127.0.0.1, so that the SDK's LambdaClient and the AWS CLI work
 * against the runtime. Functions may invoke what their roles let them; everybody else everything.
 * @param options.port 0 (the default) takes a free one.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function serveLambdaApi(options: {
  /** Resolved at each call, because functions get this API's address. */
  runtime: () => LambdaRuntime;
  /** Asked at each call; undefined where everything is allowed. */
  judge?: () => Judge | undefined;
  /** Takes an event with `InvocationType: Event` and returns when it is safe; asked at each call. */
  acceptEvent: (functionName: string, event: unknown) => string;
  port?: number;
}): Promise<LambdaApi> {
  const { runtime, judge, acceptEvent, port = 0 } = options;

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const target = invokeTarget(request);
    if (target === undefined) {
      return errorAnswer(404, 'ResourceNotFoundException', 'Only Invoke is served here');
    }
    // What was invoked with does not matter to whether it may be.
    const refused = refusedBy(judge?.(), request, Buffer.alloc(0));
    if (refused) return { status: refused.statusCode, headers: refused.headers, body: refused.responseBody };
    const definition = runtime().find(target.functionName);
    if (definition === undefined) {
      const message = `Function not found: ${target.functionName}`;
      return errorAnswer(404, 'ResourceNotFoundException', message);
    }
    const invocationType = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
    if (!isInvocationType(invocationType)) {
      return errorAnswer(400, 'InvalidParameterValueException', `Invalid type ${invocationType}`);
    }
    const limit = payloadLimits[invocationType];
    const body = await readBody(request, limit);
    if (body === undefined) {
      const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
      return errorAnswer(413, 'RequestEntityTooLargeException', message);
    }
    const event = parseEvent(body);
    if (event === undefined) {
      const message = 'Could not parse request body into json';
      return errorAnswer(400, 'InvalidRequestContentException', message);
    }
    if (invocationType === 'DryRun') return jsonAnswer(204);
    if (invocationType === 'Event') {
      const requestId = acceptEvent(definition.functionName, event.value);
      return jsonAnswer(202, '', { 'x-amzn-requestid': requestId });
    }
    const clientContext = header(request, 'x-amz-client-context');
    const lines: string[] = [];
    const wantsLog = header(request, 'x-amz-log-type') === 'Tail';
    const result = await runtime().invoke(definition.functionName, event.value, {
      ...(clientContext === undefined
        ? {}
        : { clientContext: Buffer.from(clientContext, 'base64').toString() }),
      ...(wantsLog ? { log: ({ line }) => lines.push(line) } : {}),
    });
    const log = Buffer.from(lines.join('\n')).subarray(-logTailBytes).toString('base64');
    return resultAnswer(result, wantsLog ? { 'x-amz-log-result': log } : {});
  };

  const server = createServer(async (request, response) => {
    const { status, headers, body } = await answer(request).catch((error: unknown) =>
      errorAnswer(500, 'ServiceException', String(error)),
    );
    response.writeHead(status, headers).end(body);
  });
  const listeningPort = await listenOnLoopback(server, port);

  return {
    url: `http://127.0.0.1:${listeningPort}`,
    close: (graceMilliseconds) => closeServer(server, graceMilliseconds),
  };
}

/** The function's name: the SDK may send a name, an ARN or a partial ARN, with `:$LATEST` or without. */
function invokeTarget(request: IncomingMessage): { functionName: string } | undefined {
  const path = request.url?.split('?')[0] ?? '';
  const encoded = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
  if (encoded === undefined || request.method !== 'POST') return undefined;
  try {
    const reference = decodeURIComponent(encoded).replace(/:\$LATEST$/, '');
    return { functionName: reference.slice(reference.lastIndexOf(':') + 1) };
  } catch {
    return undefined; // Malformed percent-encoding names no function.
  }
}

const isInvocationType = (text: string): text is InvocationType => Object.hasOwn(payloadLimits, text);

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The whole body, or undefined when it is longer than the limit; then the rest is read and dropped. */
async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
  }
  return bytes > limit ? undefined : Buffer.concat(chunks).toString();
}

function parseEvent(body: string): { value: unknown } | undefined {
  if (body === '') return { value: {} };
  try {
    return { value: JSON.parse(body) };
  } catch {
    return undefined; // Answered as InvalidRequestContentException.
  }
}

interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string | Buffer;
}

function resultAnswer(result: InvocationResult, headers: Record<string, string>): Answer {
  switch (result.kind) {
    case 'success':
      return jsonAnswer(200, JSON.stringify(result.payload), headers);
    case 'throttled':
      return errorAnswer(429, 'TooManyRequestsException', 'Rate Exceeded.', {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      });
    case 'error': {
      const { errorType, errorMessage, trace } = result;
      const payload = JSON.stringify({ errorType, errorMessage, trace });
      return jsonAnswer(200, payload, { ...headers, 'x-amz-function-error': 'Unhandled' });
    }
  }
}

function errorAnswer(
  status: number,
  errorType: string,
  message: string,
  members: Record<string, string> = {},
): Answer {
  const body = JSON.stringify({ Type: 'User', Message: message, message, ...members });
  return jsonAnswer(status, body, { 'x-amzn-errortype': errorType });
}

function jsonAnswer(status: number, body = '', headers: Record<string, string> = {}): Answer {
  const common = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' };
  // A 204 has no body and must not announce one.
  const length: Record<string, string> =
    status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return { status, headers: { ...common, ...headers, ...length }, body };
}
