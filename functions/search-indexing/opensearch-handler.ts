import { subscriber } from '#lib/events/subscriber.ts';
import { readConfig } from '#lib/platform/config.ts';
import { OpenSearchConfig, openSearchClient } from '#lib/search/opensearch/client.ts';
import { openSearchWriter } from '#lib/search/opensearch/writer.ts';
import { entryOfEvent } from '#lib/search/search-index.ts';

const index = openSearchWriter(openSearchClient(readConfig(OpenSearchConfig)));

/** Brings the search index up to each event, unless it already knows better. */
export const handler = subscriber(async (event) => ({ outcome: await index.apply(entryOfEvent(event)) }));
