import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
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

/** What a rebuild works on, of whichever search engine the stack was deployed with. */
export const searchToRebuild = (
  config: SearchConfig,
  client: DynamoDBDocumentClient,
): { index: SearchIndexWriter; listShown: ListShown; sweep: SweepIndex } => {
  if (config.OPENSEARCH_HOST === '') {
    return {
      index: dynamoDbSearchIndexWriter(client, config.SEARCH_TABLE),
      listShown: dynamoDbListShown(client, config.SEARCH_TABLE),
      sweep: dynamoDbSweepPostings(client, config.SEARCH_TABLE),
    };
  }
  const domain = domainOf(config);
  return {
    index: openSearchIndexWriter(domain),
    listShown: openSearchListShown(domain),
    // A document is a post whole: nothing of it can be left over.
    sweep: async () => ({ deleted: 0, next: undefined }),
  };
};
