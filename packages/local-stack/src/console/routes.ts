import { alarmRoutes } from './alarms/routes.ts';
import { apiRoutes } from './api/routes.ts';
import { breakRoutes } from './break/routes.ts';
import { invocationRoutes } from './invocations/routes.ts';
import { mapRoutes } from './map/routes.ts';
import type { ConsoleParts } from './parts.ts';
import { queueRoutes } from './queues/routes.ts';
import type { ConsoleRoute } from './route.ts';
import { serviceRoutes } from './service/routes.ts';
import { tourRoutes } from './tour/routes.ts';
import { traceRoutes } from './trace/routes.ts';

/** The JSON routes of every page; a page's routes are in a folder of its own. */
export const consoleRoutes = (parts: ConsoleParts): ConsoleRoute[] => [
  ...serviceRoutes(parts),
  ...traceRoutes(parts),
  ...queueRoutes(parts),
  ...breakRoutes(parts),
  ...mapRoutes(parts),
  ...invocationRoutes(parts),
  ...alarmRoutes(parts),
  ...apiRoutes(parts),
  ...tourRoutes(parts),
];
