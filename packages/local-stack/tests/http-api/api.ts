import { request } from 'node:http';
import { connect } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import {
  type HttpApi,
  type HttpApiDefinition,
  type HttpApiOptions,
  serveHttpApi,
} from '../../src/http-api/index.ts';
import type { InvocationResult } from '../../src/lambda-runtime/index.ts';
import type { MetricDatum } from '../../src/metrics/metric.ts';

const running: HttpApi[] = [];

export const closeApis = async (): Promise<void> => {
  await Promise.all(running.splice(0).map((api) => api.close()));
};

export interface TestApi extends HttpApi {
  /** The events that functions got. */
  events: APIGatewayProxyEventV2[];
  lines: string[];
  metrics: MetricDatum[];
}

const route = (routeKey: string) => ({ routeKey, functionName: routeKey });

/** An API whose functions are named after their routes; they answer with `respond`, or 200 and the route. */
export async function startApi(
  routes: readonly (string | HttpApiDefinition['routes'][number])[],
  settings: {
    respond?: (
      functionName: string,
      event: APIGatewayProxyEventV2,
    ) => InvocationResult | Promise<InvocationResult>;
    api?: Partial<HttpApiDefinition>;
    options?: Partial<HttpApiOptions>;
  } = {},
): Promise<TestApi> {
  const events: APIGatewayProxyEventV2[] = [];
  const lines: string[] = [];
  const metrics: MetricDatum[] = [];
  const respond =
    settings.respond ??
    ((functionName) => ({ kind: 'success', payload: { statusCode: 200, body: functionName } }));
  const api = await serveHttpApi({
    api: {
      apiId: 'abc123',
      name: 'test',
      accountId: '000000000000',
      region: 'eu-west-1',
      stage: { name: '$default' },
      ...settings.api,
      routes: routes.map((given) => (typeof given === 'string' ? route(given) : given)),
    },
    invoke: async (functionName, event) => {
      // As the runtime does: the function gets a copy that went through JSON.
      const copy = JSON.parse(JSON.stringify(event));
      events.push(copy);
      return respond(functionName, copy);
    },
    accessLog: (line) => lines.push(line),
    metrics: (datum) => metrics.push(datum),
    ...settings.options,
  });
  running.push(api);
  return { ...api, events, lines, metrics };
}

/** A request whose target is sent exactly as given, which `fetch` does not do. */
export function send(
  api: HttpApi,
  target: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: string | Buffer } = {},
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const outgoing = request(
      { port: api.port, host: '127.0.0.1', path: target, method, headers },
      async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk);
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString(),
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Bytes on the wire; resolves with all that comes back until the server closes. */
export function sendRaw(api: HttpApi, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(api.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
    socket.end(bytes);
  });
}
