import type { PartName } from './parts.ts';
import type { Repository } from './repository.ts';

const STAYS: Readonly<Partial<Record<PartName, string>>> = {
  console:
    'packages/local-stack/src/commands/run-stack.ts still prints "open it in a browser"; without the pages only programs use that address',
  search: 'ops/smoke: its help still mentions search; add the last step of your own service',
  moderation:
    'the event contract still has the field `moderation`, the status `flagged` and the changes `flagged` and `reviewed`',
  push: 'lib/events/smoke-test.ts and replayed.ts: wrap your own handlers that notify people in them',
};

const mentions = (repository: Repository, parts: readonly PartName[]): string[] => {
  const words = new RegExp(`\\b(${parts.join('|')})\\b`, 'i');
  const documents = repository
    .files()
    .filter(
      (file) => file.endsWith('.md') && !file.startsWith('packages/') && words.test(repository.read(file)),
    );
  return parts.length > 0 && documents.length > 0
    ? [`documents that still mention the parts left out: ${documents.join(', ')}`]
    : [];
};

/** What an adopter still has to edit, because no program can know it. */
export const byHand = (repository: Repository, parts: readonly PartName[]): string[] => [
  'the fields of your entity: content, type and status in lib, with their rules, samples and tests',
  'README.md, SECURITY.md and docs: describe your own service',
  'figures in docs (cost, performance, moderation): they were measured with posts',
  "the licence's text, unless it is MIT or UNLICENSED; the repository that .github/deploy-role.yml trusts",
  'params in serverless.yml: alarmEmail, issuer, corsOrigins, region',
  ...parts.flatMap((part) => STAYS[part] ?? []),
  ...mentions(repository, parts),
];
