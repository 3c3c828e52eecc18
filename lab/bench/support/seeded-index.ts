import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { termIndexWriter } from '../../../lib/search/term-index/writer.ts';
import { dynoxideBinary } from '../../../packages/local-stack/src/engines/dynoxide.ts';
import { serviceDirectory } from '../../../scripts/service-copy.ts';
import { searchCorpus } from './search-corpus.ts';

const Written = z.union([
  z.object({ Item: z.record(z.string(), z.unknown()) }),
  z.object({
    RequestItems: z.record(
      z.string(),
      z.array(z.object({ PutRequest: z.object({ Item: z.record(z.string(), z.unknown()) }) })),
    ),
  }),
  // Of reads, and of the lists that only a removal needs.
  z.object({ Key: z.record(z.string(), z.unknown()) }),
]);

/** A client that keeps the items of the writes that are sent to it, and sends nothing. */
const keepingClient = (keep: (item: Record<string, unknown>) => void): DynamoDBDocumentClient => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        const written = Written.parse(input);
        if ('Item' in written) keep(written.Item);
        else if ('RequestItems' in written) {
          for (const requests of Object.values(written.RequestItems)) {
            for (const { PutRequest } of requests) keep(PutRequest.Item);
          }
        }
        return { output: { $metadata: {} }, response: {} };
      },
    { step: 'initialize' },
  );
  return client;
};

/** What the index's items depend on: another writer or corpus makes another index. */
const fingerprint = (count: number, table: object): string => {
  const hash = createHash('sha256').update(JSON.stringify([count, table]));
  const termIndex = join(serviceDirectory, 'lib/search/term-index');
  for (const file of [
    ...readdirSync(termIndex)
      .filter((name) => !/reader|list/.test(name))
      .map((name) => join(termIndex, name)),
    join(serviceDirectory, 'lib/search/words.ts'),
    join(import.meta.dirname, 'search-corpus.ts'),
  ]) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
};

/**
 * A database of the embedded DynamoDB with the index of so many posts: the items that the real writer writes, taken
 * in as an export of the table. It is kept under `.cache` for the next time.
 * @param table as DescribeTable describes it
 * @returns its file
 */
export const seededIndex = async (
  count: number,
  table: { TableName: string } & Record<string, unknown>,
): Promise<string> => {
  const { TableName } = table;
  const cache = join(serviceDirectory, '.cache', 'bench-search');
  const file = join(
    cache,
    `${count}-${fingerprint(count, { TableName, KeySchema: table.KeySchema })}.sqlite`,
  );
  if (existsSync(file)) return file;
  // Those of earlier corpora and writers are of no use any more.
  await rm(cache, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'work-'));
  try {
    const data = join(work, 'export', TableName, 'data');
    await mkdir(data, { recursive: true });
    const zip = createGzip({ level: 1 });
    const zipped = zip.pipe(createWriteStream(join(data, '0.json.gz')));
    const lines: string[] = [];
    const writer = termIndexWriter(
      keepingClient((item) =>
        lines.push(JSON.stringify({ Item: marshall(item, { removeUndefinedValues: true }) })),
      ),
      TableName,
    );
    for (const entry of searchCorpus(count)) {
      await writer.apply(entry);
      if (lines.length < 10_000) continue;
      if (!zip.write(`${lines.splice(0).join('\n')}\n`))
        await new Promise((resolve) => zip.once('drain', resolve));
    }
    zip.end(lines.join('\n'));
    await finished(zipped);
    const schema = join(work, 'schema.json');
    await writeFile(schema, JSON.stringify({ Table: table }));
    const made = join(work, 'made.sqlite');
    const words = ['--source', dirname(dirname(data)), '--schema', schema, '--output', made];
    await promisify(execFile)(dynoxideBinary(), ['import', ...words], { maxBuffer: 2 ** 26 });
    await rename(made, file);
    return file;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
