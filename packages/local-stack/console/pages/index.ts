import type { Page } from '../page.ts';
import { api } from './api/index.tsx';
import { invocations } from './invocations/index.tsx';
import { map } from './map/index.tsx';
import { metrics } from './metrics/index.tsx';

/** The pages in the order of the navigation; the first one is shown at the start. */
export const pages: readonly [Page, ...Page[]] = [map, invocations, metrics, api];
