import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { MetricStore } from '../metrics/index.ts';
import type { Command, CommandFor } from './commands.ts';
import type { ConsoleParts } from './parts.ts';
import type { JsonAnswer } from './route.ts';

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
 * What programs ask a running stack:
 * - `GET /status`: engines, mappings, queues, invocations under way, execution environments; 503 when an engine does not answer
 * - `GET /alarms`: every alarm with its state and reason
 * - `GET /metrics`: the last hour of every metric, by the minute
 * - `GET /resources`: what `Ref` gives for each logical id of the template; `?type=AWS::SQS::Queue` for one type
 * - `GET /schedules`: the schedules and scheduled rules, with when they fire next
 * - `GET /deliveries?since=<Unix ms>`: the latest messages that arrived in queues and at functions
 * - `GET /quiet?timeout=<ms>`: answers when nothing is under way any more, with when the last invocation ended (Unix
 *   milliseconds), 503 when that takes longer
 *
 * and the commands of `commands.ts`, to programs only: a browser names the page that asks.
 */
export const programRoutes = (
  { engines, mappings, runtime, provisioned, alarms, schedules, store, untilQuiet }: ConsoleParts,
  commandFor: CommandFor,
) => {
  const obey = async (command: Command, request: IncomingMessage): Promise<JsonAnswer> => {
    // No page that a browser shows may break what runs here.
    if (request.headers.origin !== undefined)
      return { status: 403, body: { message: 'commands are not accepted from a browser' } };
    return command(await text(request)).then(
      (body) => ({ status: 200, body }),
      (error: unknown) => ({
        status: 400,
        body: { message: error instanceof Error ? error.message : String(error) },
      }),
    );
  };

  return async (request: IncomingMessage, { pathname, searchParams }: URL): Promise<JsonAnswer> => {
    const { method = 'GET' } = request;
    if (method !== 'GET') {
      const command = commandFor(method, pathname);
      return command
        ? obey(command, request)
        : { status: 405, body: { message: 'this path accepts GET only' } };
    }
    if (pathname === '/deliveries') {
      return { status: 200, body: await engines.deliveries(Number(searchParams.get('since') ?? 0)) };
    }
    if (pathname === '/schedules') return { status: 200, body: schedules.status() };
    if (pathname === '/alarms') return { status: 200, body: alarms.states() };
    if (pathname === '/metrics') return { status: 200, body: lastHour(store) };
    if (pathname === '/resources') {
      const type = searchParams.get('type');
      const asked = [...provisioned.resources].filter(([, resource]) => !type || resource.type === type);
      return { status: 200, body: Object.fromEntries(asked.map(([id, { ref }]) => [id, ref])) };
    }
    if (pathname === '/quiet') {
      return untilQuiet(Number(searchParams.get('timeout') ?? 10_000)).then(
        (lastInvocation) => ({ status: 200, body: { quiet: true, lastInvocation } }),
        (error: unknown) => ({ status: 503, body: { quiet: false, message: String(error) } }),
      );
    }
    if (pathname === '/status') {
      const health = await engines.health();
      const isWell = health.every(({ answers }) => answers);
      return {
        status: isWell ? 200 : 503,
        body: {
          engines: health,
          mappings: mappings.status(),
          queues: isWell ? Object.fromEntries(await engines.queueDepths()) : {},
          invocationsInFlight: runtime.invocationsInFlight(),
          environments: runtime.environments(),
        },
      };
    }
    return {
      status: 404,
      body: {
        message:
          'unknown path: use /status, /alarms, /metrics, /resources, /schedules, /deliveries or /quiet',
      },
    };
  };
};
