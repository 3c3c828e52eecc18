import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { launchService, type Service } from '#tests/redrive/service.ts';
import { copyService } from '../../scripts/service-copy.ts';
import { canPaste, runDocument } from './document.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** What the commands of the guides need besides what is packaged. */
const TOOLS = ['.npmrc', 'events', 'ops', 'scripts', 'tests/support'];

let service: Service;
/** Where guides change files. */
let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'guides-'));
  [service] = await Promise.all([launchService(), copyService(copy)]);
  for (const tool of TOOLS) await cp(join(ROOT, tool), join(copy, tool), { recursive: true });
  await symlink(join(ROOT, 'packages'), join(copy, 'packages'));
}, 120_000);
afterAll(async () => {
  await rm(copy, { recursive: true, force: true });
  await service?.stop();
});

test.each([
  'docs/guides/run-it.md',
  'docs/exercise.md',
  'docs/guides/deploy-and-operate.md',
  'docs/guides/add-a-route.md',
  'docs/guides/add-a-subscriber.md',
  // Last: it leaves the field in the copy.
  'docs/guides/add-a-field.md',
])(
  'every command of %s does what the text says',
  async (document) => {
    if (!canPaste) return;
    const { apiUrl, issuer, consoleUrl } = service.stack.running;
    runDocument(await readFile(join(ROOT, document), 'utf8'), copy, (commands) =>
      commands
        .replaceAll('http://127.0.0.1:3000', apiUrl)
        .replaceAll('http://127.0.0.1:3001', issuer)
        .replaceAll('http://127.0.0.1:3003', consoleUrl)
        .replaceAll('--stage local', `--stage local --data ${service.dataDirectory}`),
    );
  },
  120_000,
);
