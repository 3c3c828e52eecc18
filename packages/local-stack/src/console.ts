import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Alarms } from './alarms/index.ts';
import type { Command, CommandFor } from './console-commands.ts';
import type { Engines } from './engines/index.ts';
import type { EventSourceMappings } from './event-source-mappings/index.ts';
import type { LambdaRuntime } from './lambda-runtime/index.ts';
import { closeServer, listenOnLoopback } from './loopback-server.ts';
import type { MetricStore } from './metrics/index.ts';
import { printable } from './printable.ts';
import type { ProvisionedTemplate } from './provisioning/index.ts';

/** What other processes on this machine can ask a running stack. */
export interface Console {
  url: string;
  close(): Promise<void>;
}

const reply = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(printable(JSON.stringify(body)));
};

const STATISTICS = ['Sum', 'Average', 'Maximum', 'SampleCount'] as const;
const MINUTE = 60_000;

/** The minutes of the last hour in which a metric has data. */
const lastHour = (store: MetricStore) => {
  const end = Math.ceil(Date.now() / MINUTE) * MINUTE;
  return store.list().map((metric) => {
    const minutes = new Map<number, Record<string, number>>();
    for (const statistic of STATISTICS) {
      for (const { timestamp, value } of store.query({
        ...metric,
        statistic,
        periodSeconds: 60,
        start: end - 60 * MINUTE,
        end,
      })) {
        if (value !== undefined) minutes.set(timestamp, { ...minutes.get(timestamp), [statistic]: value });
      }
    }
    return {
      ...metric,
      minutes: [...minutes].map(([timestamp, values]) => ({
        at: new Date(timestamp).toISOString(),
        ...values,
      })),
    };
  });
};

/**
 * Serves on 127.0.0.1:
 * - `GET /status`: engines, mappings, queues, invocations under way; 503 when an engine does not answer
 * - `GET /alarms`: every alarm with its state and reason
 * - `GET /metrics`: the last hour of every metric, by the minute
 * - `GET /resources`: what `Ref` gives for each logical id of the template; `?type=AWS::SQS::Queue` for one type
 * - `GET /deliveries?since=<Unix ms>`: the latest messages that arrived in queues
 * - `GET /quiet?timeout=<ms>`: answers when nothing is under way any more, with when the last invocation ended (Unix
 *   milliseconds), 503 when that takes longer
 *
 * and the commands of `console-commands.ts`, to programs only: a browser names the page that asks.
 * @throws the listening error
 */
export const serveConsole = async (options: {
  engines: Engines;
  mappings: EventSourceMappings;
  runtime: LambdaRuntime;
  provisioned: ProvisionedTemplate;
  alarms: Alarms;
  store: MetricStore;
  untilQuiet: (timeoutMilliseconds: number) => Promise<number>;
  commandFor: CommandFor;
  port: number;
}): Promise<Console> => {
  const { engines, mappings, runtime, provisioned, alarms, store, untilQuiet, commandFor } = options;

  const obey = async (command: Command, request: IncomingMessage): Promise<[number, unknown]> => {
    // No page that a browser shows may break what runs here.
    if (request.headers.origin !== undefined) return [403, { message: 'not from a browser' }];
    return command(await text(request)).then(
      (body) => [200, body],
      (error: unknown) => [400, { message: error instanceof Error ? error.message : String(error) }],
    );
  };

  const answer = async (request: IncomingMessage): Promise<[number, unknown]> => {
    const { url = '/', method = 'GET' } = request;
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    if (method !== 'GET') {
      const command = commandFor(method, pathname);
      return command ? obey(command, request) : [405, { message: 'only GET' }];
    }
    if (pathname === '/deliveries') {
      return [200, await engines.deliveries(Number(searchParams.get('since') ?? 0))];
    }
    if (pathname === '/alarms') return [200, alarms.states()];
    if (pathname === '/metrics') return [200, lastHour(store)];
    if (pathname === '/resources') {
      const type = searchParams.get('type');
      const asked = [...provisioned.resources].filter(([, resource]) => !type || resource.type === type);
      return [200, Object.fromEntries(asked.map(([id, { ref }]) => [id, ref]))];
    }
    if (pathname === '/quiet') {
      return untilQuiet(Number(searchParams.get('timeout') ?? 10_000)).then(
        (lastInvocation) => [200, { quiet: true, lastInvocation }],
        (error: unknown) => [503, { quiet: false, message: String(error) }],
      );
    }
    if (pathname === '/status') {
      const health = await engines.health();
      const isWell = health.every(({ answers }) => answers);
      return [
        isWell ? 200 : 503,
        {
          engines: health,
          mappings: mappings.status(),
          queues: isWell ? Object.fromEntries(await engines.queueDepths()) : {},
          invocationsInFlight: runtime.invocationsInFlight(),
        },
      ];
    }
    return [404, { message: 'there are /status, /alarms, /metrics, /resources, /deliveries and /quiet' }];
  };

  const server = createServer((request, response) => {
    answer(request).then(
      ([status, body]) => reply(response, status, body),
      (error: unknown) => reply(response, 500, { message: String(error) }),
    );
  });
  const port = await listenOnLoopback(server, options.port);
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
};
