import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { RecordedInvocation } from '../../trace/recorder.ts';
import type { StackEvent } from '../../trace/stack-event.ts';
import type { ConsoleParts } from '../parts.ts';
import { ConsoleError, type ConsoleRoute } from '../route.ts';
import { detailsOf, mentions, rowOf } from './rows.ts';
import { listSamples, readSample } from './samples.ts';
import type { InvocationDetails, InvocationRow, Samples, Sent } from './wire.ts';

type Invoked = Extract<StackEvent, { kind: 'invoked' }>;

const MAX_ROWS = 500;

const Query = z.object({
  search: z.string().default(''),
  functions: z.string().default(''),
  failed: z.stringbool().default(false),
  limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(MAX_ROWS),
});
/** `again`, the id of an invocation, takes its event as it was; else `event` is sent. */
const Wanted = z.union([
  z.strictObject({ again: z.string() }),
  z.strictObject({ functionName: z.string(), event: z.json() }),
]);

const findIn = ({ observations }: ConsoleParts, requestId: string): RecordedInvocation => {
  const found = observations.recorder.invocations().findLast((one) => one.requestId === requestId);
  if (found) return found;
  throw new ConsoleError(404, `the invocation ${requestId} is not remembered any more`);
};

const list = ({ observations }: ConsoleParts, query: URLSearchParams): InvocationRow[] => {
  const { search, functions, failed, limit } = Query.parse(Object.fromEntries(query));
  const wantedFunctions = new Set(functions.split(',').filter(Boolean));
  const text = search.trim().toLowerCase();
  const rows: InvocationRow[] = [];
  for (const recorded of observations.recorder.invocations().toReversed()) {
    if (rows.length === limit) break;
    if (wantedFunctions.size > 0 && !wantedFunctions.has(recorded.functionName)) continue;
    if (text !== '' && !mentions(recorded, text)) continue;
    const row = rowOf(recorded);
    if (!failed || row.state === 'failed') rows.push(row);
  }
  return rows;
};

/**
 * - `GET /api/invocations?search=&functions=a,b&failed=true&limit=`: `InvocationRow[]`, the latest first
 * - `GET /api/invocations/:id`: `InvocationDetails`
 * - `POST /api/invocations`: invokes a function; `Sent` at once, the outcome is in the invocation
 * - `GET /api/samples`: `Samples`; `GET /api/samples/:name`: the event
 * - the channel `invocations`: an `InvocationRow` for each that ended
 */
export const invocationRoutes = (parts: ConsoleParts): ConsoleRoute[] => {
  const { observations, runtime, invoke, definitions } = parts;
  const ended = observations.hub.channel<InvocationRow>('invocations', () => {
    const running = new Map<string, Invoked>();
    return observations.bus.subscribe((told) => {
      if (told.kind === 'invoked') running.set(told.requestId, told);
      if (told.kind !== 'answered') return;
      const began = running.get(told.requestId);
      running.delete(told.requestId);
      if (began) ended.send(() => rowOf({ ...began, answer: told }));
    });
  });

  const send = (functionName: string, event: unknown): Sent => {
    if (!runtime.find(functionName)) throw new ConsoleError(404, `there is no function ${functionName}`);
    const requestId = randomUUID();
    // Its failure is the invocation's own, and is looked at there.
    void invoke(functionName, event, { requestId });
    return { requestId };
  };

  return [
    { method: 'GET', path: '/api/invocations', answer: ({ query }) => list(parts, query) },
    {
      method: 'GET',
      path: '/api/invocations/:id',
      answer: ({ parameters: { id = '' } }): InvocationDetails => {
        const details = detailsOf(findIn(parts, id));
        const definition = runtime.find(details.functionName);
        return {
          ...details,
          ...(definition && {
            memoryMegabytes: definition.memoryMegabytes,
            timeoutSeconds: definition.timeoutSeconds,
          }),
        };
      },
    },
    {
      method: 'POST',
      path: '/api/invocations',
      answer: ({ body }) => {
        const wanted = Wanted.parse(body);
        if (!('again' in wanted)) return send(wanted.functionName, wanted.event);
        const { functionName, event } = findIn(parts, wanted.again);
        return send(functionName, JSON.parse(event));
      },
    },
    {
      method: 'GET',
      path: '/api/samples',
      answer: async (): Promise<Samples> => ({
        samples: await listSamples(parts),
        functions: definitions.map(({ functionName }) => functionName),
      }),
    },
    {
      method: 'GET',
      path: '/api/samples/:name',
      answer: ({ parameters: { name = '' } }) => readSample(parts, name),
    },
  ];
};
