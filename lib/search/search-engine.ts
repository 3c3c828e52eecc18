import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { requiredText } from '#lib/platform/config.ts';
import { openSearchClient } from './opensearch/client.ts';
import { openSearchListKnown } from './opensearch/list-known.ts';
import { openSearchIndexReader } from './opensearch/opensearch-reader.ts';
import { openSearchIndexWriter } from './opensearch/opensearch-writer.ts';
import type { ListKnown, SearchIndexReader, SearchIndexWriter } from './search-index.ts';
import { termIndexListKnown } from './term-index/list-known.ts';
import { termIndexReader } from './term-index/reader.ts';
import { termIndexWriter } from './term-index/writer.ts';

/** What a function that searches, or indexes, has in its environment. */
export const SearchConfig = z.object({
  SEARCH_TABLE: requiredText,
  /** The host of the OpenSearch domain; empty where the term index in DynamoDB is used. */
  OPENSEARCH_HOST: z.string().default(''),
  AWS_REGION: z.string().default('us-east-1'),
});
export type SearchConfig = z.infer<typeof SearchConfig>;

const domainOf = ({ OPENSEARCH_HOST, AWS_REGION }: SearchConfig) =>
  openSearchClient(`https://${OPENSEARCH_HOST}`, AWS_REGION);

/** The write side of whichever search engine the stack was deployed with. */
export const searchIndexWriter = (config: SearchConfig): SearchIndexWriter =>
  config.OPENSEARCH_HOST === ''
    ? termIndexWriter(createDocumentClient(), config.SEARCH_TABLE)
    : openSearchIndexWriter(domainOf(config));

/** The read side of whichever search engine the stack was deployed with. */
export const searchIndexReader = (config: SearchConfig): SearchIndexReader =>
  config.OPENSEARCH_HOST === ''
    ? termIndexReader(createDocumentClient(), config.SEARCH_TABLE)
    : openSearchIndexReader(domainOf(config));

/** What a rebuild works on, of whichever search engine the stack was deployed with. */
export const searchToRebuild = (
  config: SearchConfig,
  client: DynamoDBDocumentClient,
): { index: SearchIndexWriter; listKnown: ListKnown } => {
  if (config.OPENSEARCH_HOST === '') {
    return {
      index: termIndexWriter(client, config.SEARCH_TABLE),
      listKnown: termIndexListKnown(client, config.SEARCH_TABLE),
    };
  }
  const domain = domainOf(config);
  return {
    index: openSearchIndexWriter(domain),
    listKnown: openSearchListKnown(domain),
  };
};
