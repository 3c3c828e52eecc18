import * as z from 'zod';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { termIndexListKnown } from '#lib/search/term-index/reader.ts';
import { termIndexWriter } from '#lib/search/term-index/writer.ts';
import { rebuildSearch } from './rebuild-search.ts';

const { SEARCH_TABLE } = readConfig(z.object({ SEARCH_TABLE: requiredText }));
const client = createDocumentClient();

export const handler = rebuildSearch(client, {
  index: termIndexWriter(client, SEARCH_TABLE),
  listKnown: termIndexListKnown(client, SEARCH_TABLE),
});
