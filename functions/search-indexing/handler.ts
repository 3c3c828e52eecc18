import * as z from 'zod';
import { subscriber } from '#lib/events/subscriber.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { entryOfEvent } from '#lib/search/search-index.ts';
import { termIndexWriter } from '#lib/search/term-index/writer.ts';

const { SEARCH_TABLE } = readConfig(z.object({ SEARCH_TABLE: requiredText }));
const index = termIndexWriter(createDocumentClient(), SEARCH_TABLE);

/** Updates the search index with each event, unless the index already has a later version. */
export const handler = subscriber(async (event) => ({ outcome: await index.apply(entryOfEvent(event)) }));
