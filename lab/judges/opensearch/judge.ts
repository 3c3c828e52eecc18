import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Judge } from '../index.ts';
import { fetchServer } from './server.ts';

const JEST = join(import.meta.dirname, '../../../node_modules/jest/bin/jest.js');

/** A real OpenSearch, of the version that is deployed. */
export const openSearchJudge: Judge = {
  name: 'opensearch',
  about:
    'OpenSearch 2.19 on its adapter: the contract of search, random histories, rebuilds, both engines alike',
  needs: ['java', 'mvn'],
  run: async () => {
    fetchServer();
    const jest = spawn(
      process.execPath,
      ['--experimental-vm-modules', JEST, '--config', join(import.meta.dirname, 'jest.config.cjs')],
      { stdio: 'inherit' },
    );
    const [status] = await once(jest, 'exit');
    return status === 0;
  },
};
