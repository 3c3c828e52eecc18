import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { type Judge, refusedBy } from '../iam/index.ts';
import { closeServer, listenOnLoopback } from '../loopback-server.ts';
import { type EventBuses, PutEventsEntry } from './event-buses.ts';

/** What of EventBridge functions use at run time: PutEvents. */
export interface EventBridgeApi {
  /** For `AWS_ENDPOINT_URL_EVENTBRIDGE`. */
  endpoint: string;
  close(): Promise<void>;
}

const TARGET = 'AWSEvents.PutEvents';
const MAX_ENTRIES = 10;
const MAX_BYTES = 262_144;

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
const bytesOf = ({ Time, Source = '', DetailType = '', Detail = '', Resources }: PutEventsEntry): number =>
  (Time === undefined ? 0 : 14) +
  [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);

const Request = z.object({ Entries: z.array(PutEventsEntry) });

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
const refusal = (__type: string, message: string): Answer => ({ status: 400, body: { __type, message } });

const answerTo = async (target: unknown, body: string, buses: EventBuses): Promise<Answer> => {
  if (target !== TARGET)
    return refusal(
      'UnknownOperationException',
      `Of EventBridge only PutEvents is served here, not ${target}`,
    );
  const parsed = Request.safeParse(JSON.parse(body));
  if (!parsed.success) return refusal('ValidationException', z.prettifyError(parsed.error));
  const { Entries } = parsed.data;
  if (Entries.length < 1 || Entries.length > MAX_ENTRIES)
    return refusal(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${MAX_ENTRIES}, and at least 1`,
    );
  if (Entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > MAX_BYTES)
    return refusal('ValidationException', 'Total size of the entries in the request is over the limit.');
  const results = await buses.put(Entries);
  const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
  return { status: 200, body: { FailedEntryCount, Entries: results } };
};

/**
 * Serves PutEvents on 127.0.0.1 to the functions' SDK.
 * @param options.buses asked at each call
 * @param options.judge asked at each call; undefined where everything is allowed
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export const serveEventBridge = async (options: {
  buses: () => EventBuses;
  judge?: () => Judge | undefined;
}): Promise<EventBridgeApi> => {
  const { buses, judge } = options;
  const server = createServer(async (request, response) => {
    try {
      const requestBody = await buffer(request);
      const refused = refusedBy(judge?.(), request, requestBody);
      if (refused) {
        response.writeHead(refused.statusCode, refused.headers).end(refused.responseBody);
        return;
      }
      const { status, body } = await answerTo(
        request.headers['x-amz-target'],
        requestBody.toString(),
        buses(),
      );
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    } catch (error) {
      const isRequestsFault = error instanceof SyntaxError;
      response.writeHead(isRequestsFault ? 400 : 500, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(
        JSON.stringify({
          __type: isRequestsFault ? 'SerializationException' : 'InternalException',
          message: String(error),
        }),
      );
    }
  });
  const port = await listenOnLoopback(server, 0);
  return { endpoint: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
};
