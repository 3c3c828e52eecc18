import type { Page } from '../page.ts';
import { map } from './map/index.tsx';

/** The pages in the order of the navigation; the first one is shown at the start. */
export const pages: readonly [Page, ...Page[]] = [map];
