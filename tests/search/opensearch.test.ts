import { ulid } from 'ulid';
import { OpenSearchError, openSearchClient } from '#lib/search/opensearch/client.ts';
import { openSearchListKnown } from '#lib/search/opensearch/list-known.ts';
import { openSearchIndexReader } from '#lib/search/opensearch/opensearch-reader.ts';
import { openSearchIndexWriter } from '#lib/search/opensearch/opensearch-writer.ts';
import type { IndexEntry } from '#lib/search/search-index.ts';
import { searchContract } from './contract.ts';
import { type OpenSearchDomain, startOpenSearchDomain } from './opensearch-domain.ts';

let domain: OpenSearchDomain;
beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  domain = await startOpenSearchDomain();
});
beforeEach(() => domain.reset());
afterAll(() => domain.stop());

const openIndex = () => {
  const client = openSearchClient(domain.node, 'us-east-1');
  return {
    ...openSearchIndexWriter(client),
    ...openSearchIndexReader(client),
    listKnown: openSearchListKnown(client),
  };
};

const entry = (more: Partial<IndexEntry> = {}): IndexEntry => ({
  postId: ulid(),
  userId: 'ada',
  type: 'text',
  timestamp: '2026-11-20T10:00:00.000Z',
  content: 'rain in the harbour',
  version: 1,
  visible: true,
  removed: false,
  ...more,
});

describe('search on OpenSearch', () => {
  searchContract(async () => openIndex());

  test('puts its index template once a process, before the first document', async () => {
    const index = openIndex();
    await index.apply(entry());
    await index.apply(entry());
    expect(domain.requests.map((request) => request.replace(/_doc\/.*/, '_doc'))).toEqual([
      'POST /_index_template/posts',
      'PUT /posts/_doc',
      'PUT /posts/_doc',
    ]);
  });

  test('puts its index template again when that failed', async () => {
    const index = openIndex();
    domain.failOnce(400);
    await expect(index.apply(entry())).rejects.toThrow();
    expect(await index.apply(entry())).toBe('shown');
  });

  test('removes softly: a tombstone without the text, which nothing overtakes', async () => {
    const index = openIndex();
    const post = entry();
    await index.apply(post);
    await index.apply({ ...post, version: 2, visible: false, removed: true });
    expect(domain.documents.get(post.postId)).toMatchObject({
      version: Number.MAX_SAFE_INTEGER,
      source: { visible: false, version: 2, words: [], content: '', removedAt: expect.any(String) },
    });
  });

  test('fails when the domain does, so that the event comes again', async () => {
    const index = openIndex();
    await index.apply(entry());
    domain.failOnce(400);
    await expect(index.apply(entry())).rejects.toThrow();
  });

  test.each([502, 503, 504])('tries again at once when the domain is busy: %d', async (status) => {
    const index = openIndex();
    domain.failOnce(status);
    expect(await index.apply(entry())).toBe('shown');
  });

  test("names the engine's reason and nothing that was sent", async () => {
    const index = openIndex();
    domain.failOnce(400);
    const failure = index.search({ text: 'lighthouse', limit: 5 });
    await expect(failure).rejects.toThrow(new OpenSearchError(400, 'no reason given'));
  });

  test('finds nothing before there is an index', async () => {
    expect(await openIndex().search({ text: 'rain', limit: 5 })).toEqual({ items: [], next: undefined });
  });
});
