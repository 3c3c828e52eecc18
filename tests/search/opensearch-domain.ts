import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const Value = z.object({ value: z.union([z.string(), z.boolean()]) });
const Clause = z.union([
  z.strictObject({ term: z.record(z.string(), Value) }),
  z.strictObject({ prefix: z.record(z.string(), Value) }),
]);
const Filter = z.strictObject({ bool: z.strictObject({ filter: z.array(Clause) }) });
const NotRemoved = z.strictObject({
  bool: z.strictObject({
    must_not: z.tuple([z.strictObject({ exists: z.strictObject({ field: z.literal('removedAt') }) })]),
  }),
});
const by = <Order extends string>(order: Order) => z.strictObject({ order: z.literal(order) });
const SearchBody = z.union([
  z.strictObject({
    query: Filter,
    sort: z.tuple([z.strictObject({ timestamp: by('desc') }), z.strictObject({ postId: by('desc') })]),
    size: z.int().min(1),
    search_after: z.tuple([z.number(), z.string()]).optional(),
  }),
  z.strictObject({
    query: NotRemoved,
    sort: z.tuple([z.strictObject({ postId: by('asc') })]),
    size: z.int().min(1),
    search_after: z.tuple([z.string()]).optional(),
  }),
]);

const Source = z.looseObject({ timestamp: z.iso.datetime(), postId: z.string() });
type Source = z.infer<typeof Source>;

/** An OpenSearch domain on 127.0.0.1 that knows what the adapter uses, and refuses everything else. */
export interface OpenSearchDomain {
  node: string;
  /** The documents of its index, by id. */
  documents: Map<string, { version: number; source: Source }>;
  /** Requests so far, as `METHOD /path`. */
  requests: string[];
  /** Answers the next request with this status. */
  failOnce(status: number): void;
  /** Forgets everything. */
  reset(): void;
  stop(): Promise<void>;
}

interface Answer {
  status: number;
  body: object;
}

export const startOpenSearchDomain = async (): Promise<OpenSearchDomain> => {
  const documents: OpenSearchDomain['documents'] = new Map();
  const requests: string[] = [];
  let hasTemplate = false;
  let failure: number | undefined;

  const index = (id: string, query: URLSearchParams, body: string): Answer => {
    if (!hasTemplate) return { status: 400, body: { error: 'the index has no template yet' } };
    if (query.get('version_type') !== 'external_gte') return { status: 400, body: { error: 'version_type' } };
    const version = Number(query.get('version'));
    const current = documents.get(id);
    // What the engine does with external_gte.
    if (current && current.version > version) {
      return { status: 409, body: { error: { type: 'version_conflict_engine_exception' }, status: 409 } };
    }
    documents.set(id, { version, source: Source.parse(JSON.parse(body)) });
    return { status: current ? 200 : 201, body: { _id: id, _version: version } };
  };

  const search = (query: URLSearchParams, body: string): Answer => {
    if (documents.size === 0 && query.get('ignore_unavailable') !== 'true') {
      return { status: 404, body: { error: { type: 'index_not_found_exception' }, status: 404 } };
    }
    const asked = SearchBody.parse(JSON.parse(body));
    const newestFirst = asked.sort.length === 2;
    const isAfter = (a: Source, b: readonly (string | number)[]) =>
      newestFirst ? compare(sortValues(a), b) < 0 : compare([a.postId], b) > 0;
    const hits = [...documents.values()]
      .map(({ source }) => source)
      .filter((source) =>
        'filter' in asked.query.bool
          ? asked.query.bool.filter.every((clause) => matches(clause, source))
          : !('removedAt' in source),
      )
      .filter((source) => !asked.search_after || isAfter(source, asked.search_after))
      .toSorted((a, b) =>
        newestFirst ? compare(sortValues(b), sortValues(a)) : compare([a.postId], [b.postId]),
      )
      .slice(0, asked.size);
    return {
      status: 200,
      body: { hits: { hits: hits.map((source) => ({ _id: source.postId, _source: source })) } },
    };
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://domain');
    requests.push(`${request.method} ${pathname}`);
    const body = await text(request);
    if (failure !== undefined) {
      const status = failure;
      failure = undefined;
      return { status, body: { error: 'failing as told' } };
    }
    if (!isSigned(request)) return { status: 403, body: { message: 'not signed' } };
    if (request.method === 'POST' && pathname === '/_index_template/posts') {
      hasTemplate = true;
      return { status: 200, body: { acknowledged: true } };
    }
    const id = /^\/posts\/_doc\/([^/]+)$/.exec(pathname)?.[1];
    if (request.method === 'PUT' && id) return index(id, searchParams, body);
    if (request.method === 'POST' && pathname === '/posts/_search') return search(searchParams, body);
    return { status: 405, body: { error: `${request.method} ${pathname} is not known here` } };
  };

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request).catch((error: unknown) => ({
      status: 400,
      body: { error: String(error) },
    }));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port was given');

  return {
    node: `http://127.0.0.1:${address.port}`,
    documents,
    requests,
    failOnce(status) {
      failure = status;
    },
    reset() {
      documents.clear();
      requests.length = 0;
      hasTemplate = false;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const isSigned = ({ headers }: IncomingMessage): boolean =>
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/us-east-1\/es\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/.test(
    headers.authorization ?? '',
  );

const matches = (clause: z.infer<typeof Clause>, source: Source): boolean => {
  const [kind, fields] =
    'term' in clause ? (['term', clause.term] as const) : (['prefix', clause.prefix] as const);
  return Object.entries(fields).every(([field, { value }]) =>
    [source[field]]
      .flat()
      .some((held) => (kind === 'term' ? held === value : `${held}`.startsWith(`${value}`))),
  );
};

const sortValues = ({ timestamp, postId }: Source): (string | number)[] => [Date.parse(timestamp), postId];

const compare = (a: readonly (string | number)[], b: readonly (string | number)[]): number => {
  for (const [place, value] of a.entries()) {
    const other = b[place] ?? '';
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
};
