import { Agent, createServer, request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeServer, listenOnLoopback } from '../../../packages/local-stack/src/loopback-server.ts';

/** A way to an engine that answers as late as it is told, and counts. */
export interface MeteredProxy {
  endpoint: string;
  /** How much later than the engine each call is answered. */
  delayMs: number;
  /** The bodies of the requests since they were last taken. */
  takeRequests(): { action: string; body: string }[];
  stop(): Promise<void>;
}

/** Passes every call on to `target`, and holds each answer back for `delayMs`. */
export const startMeteredProxy = async (target: string): Promise<MeteredProxy> => {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port: targetPort } = new URL(target);
  let seen: { action: string; body: string }[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    try {
      const body = await buffer(incoming);
      const outward = httpRequest({ hostname, port: targetPort, method, path, headers, agent });
      outward.once('error', () => outgoing.destroy());
      outward.once('response', async (answer) => {
        const answered = await buffer(answer);
        if (proxy.delayMs > 0) await sleep(proxy.delayMs);
        const text = body.toString();
        const named = headers['x-amz-target'] ?? new URLSearchParams(text).get('Action') ?? method;
        seen.push({ action: String(named).split('.').at(-1) ?? method, body: text });
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
      });
      outward.end(body);
    } catch {
      // The caller hung up: there is nobody to answer.
      outgoing.destroy();
    }
  });
  const port = await listenOnLoopback(server, 0);
  const proxy: MeteredProxy = {
    endpoint: `http://127.0.0.1:${port}`,
    delayMs: 0,
    takeRequests: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    stop: async () => {
      await closeServer(server);
      agent.destroy();
    },
  };
  return proxy;
};
