import type { Page } from '../page.ts';
import { api } from './api/index.tsx';
import { breakIt } from './break/index.tsx';
import { invocations } from './invocations/index.tsx';
import { map } from './map/index.tsx';
import { metrics } from './metrics/index.tsx';
import { queues } from './queues/index.tsx';
import { tour } from './tour/index.tsx';
import { trace } from './trace/index.tsx';

/** The pages in the order of the navigation; the first one is shown at the start. */
export const pages: readonly [Page, ...Page[]] = [
  map,
  trace,
  invocations,
  queues,
  metrics,
  breakIt,
  api,
  tour,
];
