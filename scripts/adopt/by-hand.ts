import type { PartName } from './parts.ts';
import type { Repository } from './repository.ts';

const STAYS: Readonly<Partial<Record<PartName, string>>> = {
  console:
    'packages/local-stack/src/commands/run-stack.ts still calls its address a console for a browser; without the pages it answers programs only',
  search: 'ops/smoke: its help still speaks of search; say what your service does last with what is written',
  moderation:
    'the field `moderation`, the status `flagged` and the changes `flagged` and `reviewed` are still part of the contract',
  push: 'lib/events/smoke-test.ts and replayed.ts: wrap the handlers that tell people something in them',
};

const mentions = (repository: Repository, parts: readonly PartName[]): string[] => {
  const words = new RegExp(`\\b(${parts.join('|')})\\b`, 'i');
  const documents = repository
    .files()
    .filter(
      (file) => file.endsWith('.md') && !file.startsWith('packages/') && words.test(repository.read(file)),
    );
  return parts.length > 0 && documents.length > 0
    ? [`documents that still speak of what was left out: ${documents.join(', ')}`]
    : [];
};

/** What an adopter still has to edit, because no program can know it. */
export const byHand = (repository: Repository, parts: readonly PartName[]): string[] => [
  'the fields of your entity: content, type and status in lib, their rules, samples and tests',
  'README.md, SECURITY.md and docs: whom your service serves, and whether its prose still reads well',
  'figures in docs (cost, performance, moderation): they were measured on posts',
  "the licence's text, if it is neither MIT nor UNLICENSED; whom .github/deploy-role.yml trusts",
  'params in serverless.yml: alarmEmail, issuer, corsOrigins, region',
  ...parts.flatMap((part) => STAYS[part] ?? []),
  ...mentions(repository, parts),
];
