import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { requiredText } from '#lib/platform/config.ts';
import * as z from '#lib/platform/zod.ts';
import { openSearchClient } from './opensearch/client.ts';
import { openSearchListShown } from './opensearch/list-shown.ts';
import { openSearchIndexReader } from './opensearch/opensearch-reader.ts';
import { openSearchIndexWriter } from './opensearch/opensearch-writer.ts';
import type { ListShown, SearchIndexReader, SearchIndexWriter, SweepIndex } from './search-index.ts';
import { dynamoDbSearchIndexReader } from './term-index/dynamodb-reader.ts';
import { dynamoDbSearchIndexWriter } from './term-index/dynamodb-writer.ts';
import { dynamoDbListShown } from './term-index/list-shown.ts';
import { dynamoDbSweepPostings } from './term-index/sweep-postings.ts';

/** What a function that searches, or indexes, has in its environment. */
export const SearchConfig = z.object({
  SEARCH_TABLE: requiredText,
  /** The host of the OpenSearch domain; empty where the term index in DynamoDB is used. */
  OPENSEARCH_HOST: z._default(z.string(), ''),
  AWS_REGION: z._default(z.string(), 'us-east-1'),
});
export type SearchConfig = z.infer<typeof SearchConfig>;

const domainOf = ({ OPENSEARCH_HOST, AWS_REGION }: SearchConfig) =>
  openSearchClient(`https://${OPENSEARCH_HOST}`, AWS_REGION);

/** The write side of whichever search engine the stack was deployed with. */
export const searchIndexWriter = (config: SearchConfig): SearchIndexWriter =>
  config.OPENSEARCH_HOST === ''
    ? dynamoDbSearchIndexWriter(createDocumentClient(), config.SEARCH_TABLE)
    : openSearchIndexWriter(domainOf(config));

/** The read side of whichever search engine the stack was deployed with. */
export const searchIndexReader = (config: SearchConfig): SearchIndexReader =>
  config.OPENSEARCH_HOST === ''
    ? dynamoDbSearchIndexReader(createDocumentClient(), config.SEARCH_TABLE)
    : openSearchIndexReader(domainOf(config));

/** Lists what whichever search engine the stack was deployed with shows. */
export const searchListShown = (config: SearchConfig): ListShown =>
  config.OPENSEARCH_HOST === ''
    ? dynamoDbListShown(createDocumentClient(), config.SEARCH_TABLE)
    : openSearchListShown(domainOf(config));

/** Sweeps whichever search engine the stack was deployed with. A document of OpenSearch is a post whole. */
export const searchSweep = (config: SearchConfig): SweepIndex =>
  config.OPENSEARCH_HOST === ''
    ? dynamoDbSweepPostings(createDocumentClient(), config.SEARCH_TABLE)
    : async () => ({ deleted: 0, next: undefined });
