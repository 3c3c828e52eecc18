import { readConfig } from '#lib/platform/config.ts';
import { OpenSearchConfig, openSearchClient } from '#lib/search/opensearch/client.ts';
import { openSearchReader } from '#lib/search/opensearch/reader.ts';
import { searchPosts } from './search-posts.ts';

export const handler = searchPosts(openSearchReader(openSearchClient(readConfig(OpenSearchConfig))));
