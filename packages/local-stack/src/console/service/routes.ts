import type { ConsoleParts } from '../parts.ts';
import type { ConsoleRoute } from '../route.ts';
import type { ServiceSummary } from './wire.ts';

/** `GET /api/service`: a `ServiceSummary`. */
export const serviceRoutes = ({ build, engines, alarms, switches }: ConsoleParts): ConsoleRoute[] => [
  {
    method: 'GET',
    path: '/api/service',
    answer: async (): Promise<ServiceSummary> => ({
      stackName: build.stackName,
      stage: build.stage,
      region: build.region,
      directory: build.serviceDirectory,
      engines: await engines.health(),
      alarmsInAlarm: alarms.states().flatMap(({ state, alarmName }) => (state === 'ALARM' ? alarmName : [])),
      broken: switches.on().map(({ description }) => description),
    }),
  },
];
