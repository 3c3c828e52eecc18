import type { ConsoleParts } from '../parts.ts';
import { ConsoleError, type ConsoleRoute } from '../route.ts';

/**
 * - `GET /api/traces?search=<text>`: `TraceSummary[]`, the latest traces, or those with a step that holds the text
 * - `GET /api/traces/<id>`: the `Trace` from a root, or the one that a request, record or message of this id is on
 */
export const traceRoutes = ({ traces }: ConsoleParts): ConsoleRoute[] => [
  {
    method: 'GET',
    path: '/api/traces',
    answer: ({ query }) => traces.list(query.get('search') ?? ''),
  },
  {
    method: 'GET',
    path: '/api/traces/:id',
    answer: async ({ parameters: { id = '' } }) => {
      const trace = await traces.find(id);
      if (trace) return trace;
      throw new ConsoleError(404, `nothing is remembered of ${id}: it is too old, or of an earlier start`);
    },
  },
];
