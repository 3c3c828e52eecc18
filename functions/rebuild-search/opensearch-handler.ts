import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig } from '#lib/platform/config.ts';
import { OpenSearchConfig, openSearchClient } from '#lib/search/opensearch/client.ts';
import { openSearchListKnown } from '#lib/search/opensearch/reader.ts';
import { openSearchWriter } from '#lib/search/opensearch/writer.ts';
import { rebuildSearch } from './rebuild-search.ts';

const domain = openSearchClient(readConfig(OpenSearchConfig));

export const handler = rebuildSearch(createDocumentClient(), {
  index: openSearchWriter(domain),
  listKnown: openSearchListKnown(domain),
});
