import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const CLASS_PATH = join(import.meta.dirname, 'target/class-path');

/** Fetches the engine from Maven Central. @throws when Maven fails; it says why by itself */
export const fetchServer = (): void => {
  execFileSync(
    'mvn',
    ['--batch-mode', '--quiet', 'dependency:build-classpath', `-Dmdep.outputFile=${CLASS_PATH}`],
    { cwd: import.meta.dirname, stdio: 'inherit' },
  );
};

/** An OpenSearch node of its own process, empty. */
export interface OpenSearchServer {
  endpoint: string;
  stop(): Promise<void>;
}

/** Starts a node that `fetchServer` has fetched. @throws when it ends before it answers */
export const startOpenSearch = async (): Promise<OpenSearchServer> => {
  const home = mkdtempSync(join(tmpdir(), 'opensearch-'));
  mkdirSync(join(home, 'config'));
  const launcher = join(import.meta.dirname, 'OpenSearch.java');
  const java = spawn('java', ['-Xmx256m', '-cp', readFileSync(CLASS_PATH, 'utf8'), launcher, home], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(java, 'exit');
  for await (const line of createInterface(java.stdout)) {
    if (!line.startsWith('http://')) continue;
    return {
      endpoint: line,
      stop: async () => {
        java.stdin.end();
        await ended;
        rmSync(home, { recursive: true, force: true });
      },
    };
  }
  throw new Error('OpenSearch ended before it answered');
};
