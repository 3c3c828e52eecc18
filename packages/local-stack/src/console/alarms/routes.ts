import { z } from 'zod';
import type { ConsoleParts } from '../parts.ts';
import type { ConsoleRoute } from '../route.ts';
import { alarmView, iteratorAges } from './views.ts';
import type { AlarmsView } from './wire.ts';

const Query = z.object({
  minutes: z.coerce
    .number()
    .int()
    .min(5)
    .max(24 * 60)
    .default(15),
});

/** `GET /api/alarms?minutes=15`: an `AlarmsView` of so many minutes. */
export const alarmRoutes = (parts: ConsoleParts): ConsoleRoute[] => [
  {
    method: 'GET',
    path: '/api/alarms',
    answer: ({ query }): AlarmsView => {
      const { minutes } = Query.parse(Object.fromEntries(query));
      const to = Date.now();
      const from = to - minutes * 60_000;
      const changes = parts.observations.alarmChanges.items();
      return {
        from,
        to,
        iteratorAges: iteratorAges(parts, from, to),
        alarms: parts.alarms.states().flatMap((state) => alarmView(state, changes, from, parts) ?? []),
      };
    },
  },
];
