import type { ComponentType } from 'preact';

/** What a page is given: the parts of the address after its own name. */
export interface PageProps {
  /** `['a', 'b']` at `#/queues/a/b`. */
  path: readonly string[];
  query: URLSearchParams;
}

/** A page of the console. Its address is `#/<name>`. */
export interface Page {
  name: string;
  /** In the navigation, one or two words. */
  title: string;
  /** One sentence, shown when the pointer rests on it. */
  about: string;
  Content: ComponentType<PageProps>;
}
