import type { ConsoleParts } from './parts.ts';
import type { ConsoleRoute } from './route.ts';
import { serviceRoutes } from './service/routes.ts';

/** The JSON routes of every page; a page's routes are in a folder of its own. */
export const consoleRoutes = (parts: ConsoleParts): ConsoleRoute[] => [...serviceRoutes(parts)];
