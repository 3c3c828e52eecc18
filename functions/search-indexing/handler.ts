import { subscriber } from '#lib/events/subscriber.ts';
import { readConfig } from '#lib/platform/config.ts';
import { SearchConfig, searchIndexWriter } from '#lib/search/search-engine.ts';
import { entryOfEvent } from '#lib/search/search-index.ts';

const index = searchIndexWriter(readConfig(SearchConfig));

/** Brings the search index up to each event, unless it already knows better. */
export const handler = subscriber(async (event) => ({
  outcome: await index.apply(entryOfEvent(event)),
}));
