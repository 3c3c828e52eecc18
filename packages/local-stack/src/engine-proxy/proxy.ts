import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';

/** One call of an AWS API, whole. */
export interface Call {
  method: string;
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  requestBody: Buffer;
}

/** What the caller is answered. */
export interface Answer {
  statusCode: number;
  headers: IncomingHttpHeaders;
  responseBody: Buffer;
}

/** A call that went through the proxy, with its answer. */
export interface Exchange extends Call {
  statusCode: number;
  responseBody: Buffer;
}

/** Sends a call to an engine. @throws when the engine does not answer */
export type Forward = (call: Call, target: string) => Promise<Answer>;

/**
 * Answers a call.
 * @param hasHungUp whether the caller has disconnected
 * @returns undefined to hang up instead; so does a rejection
 */
export type HandleCall = (
  call: Call,
  forward: Forward,
  hasHungUp: () => boolean,
) => Promise<Answer | undefined>;

/** A proxy in front of an engine. */
export interface EngineProxy {
  endpoint: string;
  stop(): Promise<void>;
}

const collect = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Sends calls by the connections of an agent. */
export const forwardBy =
  (agent: Agent): Forward =>
  ({ method, path, headers, requestBody }, target) =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(target);
      const lengths = { 'content-length': `${requestBody.length}` };
      const outward = httpRequest({
        ...{ hostname, port, method, path, agent },
        headers: { ...headers, ...(headers['content-length'] !== undefined && lengths) },
      });
      outward.once('error', reject);
      outward.once('response', (answer) => {
        const { statusCode = 502 } = answer;
        collect(answer).then(
          (responseBody) => resolve({ statusCode, headers: answer.headers, responseBody }),
          reject,
        );
      });
      outward.end(requestBody);
    });

/** A body is sent on whole, however it came, and may have become another on its way. */
const headersOf = ({ headers, responseBody }: Answer): IncomingHttpHeaders => {
  if (responseBody.length === 0) return headers;
  const { 'transfer-encoding': _, ...rest } = headers;
  return { ...rest, 'content-length': `${responseBody.length}` };
};

/**
 * Lets `handle` answer every call, on 127.0.0.1.
 * @param port 0 takes a free one
 */
export const startProxy = async (handle: HandleCall, port = 0): Promise<EngineProxy> => {
  const agent = new Agent({ keepAlive: true });
  const forward = forwardBy(agent);
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    try {
      const call = { method, path, headers, requestBody: await collect(incoming) };
      const answer = await handle(call, forward, () => incoming.socket.destroyed);
      if (answer) outgoing.writeHead(answer.statusCode, headersOf(answer)).end(answer.responseBody);
      else outgoing.destroy();
    } catch {
      // The caller hung up, or the engine is gone: there is no one to answer.
      outgoing.destroy();
    }
  });
  // A connection that idles must not close just when its client sends the next call.
  server.keepAliveTimeout = 60_000;
  const listening = await listenOnLoopback(server, port);
  return {
    endpoint: `http://127.0.0.1:${listening}`,
    stop: async () => {
      await closeServer(server);
      agent.destroy();
    },
  };
};

/**
 * Passes every call on to `target` unchanged and tells `onExchange` of it before the caller gets the answer, so
 * that all calls of a caller are known when its work is awaited.
 */
export const startEngineProxy = (
  target: string,
  onExchange: (exchange: Exchange) => void,
): Promise<EngineProxy> =>
  startProxy(async (call, forward) => {
    const answer = await forward(call, target);
    onExchange({ ...call, statusCode: answer.statusCode, responseBody: answer.responseBody });
    return answer;
  });
