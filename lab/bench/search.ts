import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { termIndexReader } from '../../lib/search/term-index/reader.ts';
import { createClients } from '../../packages/local-stack/src/clients.ts';
import { forgetData, launchStack } from '../../packages/local-stack/src/launch.ts';
import { serviceDirectory } from '../../scripts/service-copy.ts';
import { countedReads, type Reads } from './support/counted-reads.ts';
import { type Row, runAlone } from './support/row.ts';
import { PLANTED } from './support/search-corpus.ts';
import { seededIndex } from './support/seeded-index.ts';
import { alternately, percentile } from './support/statistics.ts';

const POSTS = Number(process.env.POSTS ?? 100_000);
/** Of each query. */
const SEARCHES = Number(process.env.SEARCHES ?? 200);
const WARM_UP = 30;
const GOAL_P99_MS = 50;

const QUERIES = {
  'a word in every post': PLANTED.everywhere,
  'a word in every second post': PLANTED.even,
  'a word in one post of 1,000': PLANTED.rare,
  'a word in one post': PLANTED.once,
  'a word in no post': 'xylophone',
  'a common and a rare word': `${PLANTED.everywhere} ${PLANTED.rare}`,
  'two common words that hardly ever meet': `${PLANTED.even} ${PLANTED.odd}`,
} as const;
type Query = keyof typeof QUERIES;
const NAMES = Object.keys(QUERIES).filter((name): name is Query => name in QUERIES);

const EMPTY: Query = 'a word in no post';

const Found = z.object({ items: z.array(z.object({ postId: z.string() })) });

/** Searches of every kind in turn, through the HTTP API. */
const latencies = async (apiUrl: string): Promise<ReadonlyMap<string, number[]>> => {
  const search = (query: Query) => async () => {
    const began = performance.now();
    const response = await fetch(`${apiUrl}/posts/search?q=${encodeURIComponent(QUERIES[query])}`);
    const body = await response.text();
    const took = performance.now() - began;
    if (!response.ok) throw new Error(`a search for ${QUERIES[query]} answered ${response.status}: ${body}`);
    const { items } = Found.parse(JSON.parse(body));
    if (items.length === 0 && query !== EMPTY) throw new Error(`nothing found: ${query}`);
    return took;
  };
  const all = Object.fromEntries(NAMES.map((query) => [query, search(query)]));
  await alternately(WARM_UP, all);
  return alternately(SEARCHES, all);
};

/** What each search reads, by the service's own reader. */
const readsOf = async (endpoint: string, table: string): Promise<ReadonlyMap<Query, Reads>> => {
  const counted = countedReads(endpoint);
  const reader = termIndexReader(counted.client, table);
  const reads = new Map<Query, Reads>();
  for (const query of NAMES) {
    await reader.search({ text: QUERIES[query], limit: 20 });
    reads.set(query, counted.since());
  }
  counted.destroy();
  return reads;
};

/**
 * Searches in a large index, through the local stack's HTTP API, one at a time. The index holds the items that its
 * real writer makes, but they are loaded at once: through the whole stack that many posts would take half an hour.
 */
export const search = async (): Promise<Row[]> => {
  const dataDirectory = join(serviceDirectory, '.local', `bench-search-${process.pid}`);
  const options = {
    serviceDirectory,
    dataDirectory,
    parameters: { apiRateLimit: '1000', apiBurstLimit: '2000' },
  };
  try {
    const empty = await launchStack(options);
    const clients = createClients(empty.running.endpoints, 'us-east-1');
    const table = empty.refOf('SearchIndexTable');
    const { Table } = await clients.dynamoDb.send(new DescribeTableCommand({ TableName: table }));
    clients.destroy();
    await empty.stop();
    await forgetData(dataDirectory);

    const seeded = await seededIndex(POSTS, { ...Table, TableName: table });
    await mkdir(empty.state.engines, { recursive: true });
    await copyFile(seeded, join(empty.state.engines, 'dynamodb.sqlite'));
    const stack = await launchStack(options);
    try {
      const reads = await readsOf(stack.running.endpoints.dynamoDb, table);
      const times = await latencies(stack.running.apiUrl);
      return NAMES.map((query) => {
        const took = times.get(query) ?? [];
        const p99 = percentile(took, 0.99);
        const { queries = 0, batchGets = 0, items = 0, units = 0 } = reads.get(query) ?? {};
        const calls = `${queries} Query, ${batchGets} BatchGetItem, ${items} items, ${units} read units`;
        return {
          what: `search in ${POSTS.toLocaleString('en')} posts: ${query}`,
          against: calls,
          measured: `p50 ${percentile(took, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
          ratio: '',
          goal: `p99 ≤ ${GOAL_P99_MS} ms`,
          met: p99 <= GOAL_P99_MS,
        };
      });
    } finally {
      await stack.stop();
    }
  } finally {
    await forgetData(dataDirectory);
  }
};

if (import.meta.main) await runAlone(search);
