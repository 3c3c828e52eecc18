import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';

/** One call of an AWS API that went through the proxy, whole. */
export interface Exchange {
  method: string;
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  requestBody: Buffer;
  statusCode: number;
  responseBody: Buffer;
}

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

/**
 * Passes every call on to `target` unchanged and tells `onExchange` of it before the caller gets the answer, so
 * that whoever waits for the caller has seen all its calls.
 */
export const startEngineProxy = async (
  target: string,
  onExchange: (exchange: Exchange) => void,
): Promise<EngineProxy> => {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port: targetPort } = new URL(target);

  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    try {
      const requestBody = await collect(incoming);
      const outward = httpRequest({ hostname, port: targetPort, method, path, headers, agent });
      outward.once('error', () => outgoing.destroy());
      outward.once('response', async (answer) => {
        const statusCode = answer.statusCode ?? 502;
        const responseBody = await collect(answer);
        onExchange({ method, path, headers, requestBody, statusCode, responseBody });
        outgoing.writeHead(statusCode, answer.headers).end(responseBody);
      });
      outward.end(requestBody);
    } catch {
      // The caller hung up: there is nobody to answer.
      outgoing.destroy();
    }
  });
  const port = await listenOnLoopback(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      await closeServer(server);
      agent.destroy();
    },
  };
};
