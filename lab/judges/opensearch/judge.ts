import { join } from 'node:path';
import type { Judge } from '../judge.ts';
import { runJest } from '../run-jest.ts';
import { fetchServer } from './server.ts';

/** A real OpenSearch, of the version that is deployed. */
export const openSearchJudge: Judge = {
  name: 'opensearch',
  about:
    'OpenSearch 2.19 on its adapter: the contract of search, random histories, rebuilds, both engines alike',
  needs: ['java', 'mvn'],
  run: async () => {
    fetchServer();
    const results = await runJest(join(import.meta.dirname, 'jest.config.cjs'));
    return {
      cases: results.length,
      findings: results.flatMap(({ test, failure }) =>
        failure === undefined ? [] : [`${test}: ${failure}`],
      ),
    };
  },
};
