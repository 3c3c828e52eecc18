import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { openSearchClient } from '../../../lib/search/opensearch/client.ts';
import { freePort } from '../../../packages/local-stack/src/engines/free-port.ts';
import type { Judge } from '../judge.ts';
import { MOTO, startMoto } from '../moto/server.ts';
import { type PythonServer, pythonOf, startPython } from '../python.ts';
import { runJest } from '../run-jest.ts';
import { differences } from './differences.ts';

const SEARCH_REQUESTS = 200;

const Report = z.object({
  requests: z.number(),
  wrong: z.array(z.string()),
  services: z.record(z.string(), z.number()),
});

/** botocore comes with moto. */
const startProxy = async (...upstream: readonly string[]): Promise<PythonServer> => {
  const port = await freePort();
  const words = [join(import.meta.dirname, 'proxy.py'), `${port}`, ...upstream];
  return startPython(pythonOf(MOTO), words, port);
};

const reportOf = async ({ endpoint }: PythonServer) =>
  Report.parse(await (await fetch(`${endpoint}/judge`)).json());

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });

/** Requests of OpenSearch's client, whose signer is not the SDK's. */
const signedSearches = async (seed: number) => {
  const proxy = await startProxy();
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const client = openSearchClient({ OPENSEARCH_ENDPOINT: proxy.endpoint, AWS_REGION: 'eu-west-1' });
  try {
    const drawn = fc.sample(fc.tuple(text, text, fc.boolean()), { seed, numRuns: SEARCH_REQUESTS });
    for (const [id, content, isWrite] of drawn) {
      // What is refused is in the report.
      const answer = isWrite
        ? client.index({ index: 'posts', id, body: { content }, refresh: false })
        : client.search({ index: 'posts', q: content, body: { query: { match: { content } } } });
      await answer.catch(() => {});
    }
    return await reportOf(proxy);
  } finally {
    await client.close();
    await proxy.stop();
  }
};

/** The tests on another engine than the embedded ones, every signature recomputed. */
export const secondEngineJudge: Judge = {
  name: 'second-engine',
  about: 'the tests of HTTP, broadcast, archive, provisioning, search and push on moto; botocore signs alike',
  needs: ['python3'],
  run: async ({ seed }) => {
    const moto = await startMoto();
    let proxy: PythonServer | undefined;
    try {
      proxy = await startProxy(moto.endpoint);
      const results = await runJest(join(import.meta.dirname, 'jest.config.cjs'), {
        SECOND_ENGINE: proxy.endpoint,
      });
      const signed = await reportOf(proxy);
      const searches = await signedSearches(seed);
      const unexplained = results.filter(
        ({ test, failure }) =>
          failure !== undefined && differences.every((known) => !test.includes(known.test)),
      );
      const outdated = differences.filter((known) =>
        results.every(({ test, failure }) => failure === undefined || !test.includes(known.test)),
      );
      const services = { ...signed.services, ...searches.services };
      console.log(
        `signed alike: ${Object.entries(services)
          .map(([service, count]) => `${count} requests to ${service}`)
          .join(', ')}`,
      );
      return {
        cases: results.length + signed.requests + searches.requests,
        findings: [
          ...[...signed.wrong, ...searches.wrong].map((wrong) => `signature: ${wrong}`),
          ...(searches.requests < SEARCH_REQUESTS ? ['OpenSearch’s client did not send every request'] : []),
          ...unexplained.map(({ test, failure }) => `moto: ${test}: ${failure}`),
          ...outdated.map(({ test }) => `moto passes now what is listed as a difference: ${test}`),
        ],
        differences: differences.map(
          ({ test, what, right, page }) => `moto ${what} (${test}): ${right} is right, ${page}`,
        ),
      };
    } finally {
      await proxy?.stop();
      await moto.stop();
    }
  },
};
