import { subscriber } from '#lib/events/subscriber.ts';
import { readConfig } from '#lib/platform/config.ts';
import { OpenSearchConfig, openSearchClient } from '#lib/search/opensearch/client.ts';
import { openSearchWriter } from '#lib/search/opensearch/writer.ts';
import { entryOfEvent } from '#lib/search/search-index.ts';

const index = openSearchWriter(openSearchClient(readConfig(OpenSearchConfig)));

/** Updates the search index with each event, unless the index already has a later version. */
export const handler = subscriber(async (event) => ({ outcome: await index.apply(entryOfEvent(event)) }));
