import * as z from 'zod';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { termIndexReader } from '#lib/search/term-index/reader.ts';
import { searchPosts } from './search-posts.ts';

const { SEARCH_TABLE } = readConfig(z.object({ SEARCH_TABLE: requiredText }));

export const handler = searchPosts(termIndexReader(createDocumentClient(), SEARCH_TABLE));
