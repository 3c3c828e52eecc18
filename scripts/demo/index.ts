import { resolve } from 'node:path';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { createClients } from '#local/clients.ts';
import { type LaunchedStack, withTemporaryStack } from '#local/launch.ts';
import { printable } from '#local/printable.ts';
import { runTool } from '../../ops/run-tool.ts';
import { type User, userOf } from './client.ts';
import { type Entry, readJournal } from './journal.ts';
import { outcomeOf, type Story, writeStories } from './story.ts';

const QUIET_WITHIN_MILLISECONDS = 15_000;
const say = (line = '') => process.stdout.write(`${printable(line)}\n`);

/** The notifications that an author got about a post, oldest first. */
const toldAbout = async (stack: LaunchedStack, { author, postId }: Story): Promise<string[]> => {
  const clients = createClients(stack.running.endpoints, 'us-east-1');
  const { Items = [] } = await clients.dynamoDb.send(
    new QueryCommand({
      TableName: stack.refOf('NotificationsTable'),
      KeyConditionExpression: 'userId = :user',
      ExpressionAttributeValues: { ':user': { S: author } },
      ConsistentRead: true,
    }),
  );
  clients.destroy();
  return Items.map((item) => unmarshall(item))
    .filter((item) => item.postId === postId)
    .map((item) => String(item.kind));
};

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/**
 * Compares what became of a story with what has to; names every difference. An edit may reach moderation
 * before or after the first review, so between its changes a further review may lie.
 */
const differences = async (story: Story, stack: LaunchedStack, author: User, journal: readonly Entry[]) => {
  const { expected } = story;
  const outcome = await outcomeOf(story, author, stack.running.apiUrl);
  const told = await toldAbout(stack, story);
  const published = journal.filter(
    ({ functionName, message }) => functionName === 'broadcaster' && message === 'published',
  );
  const changes = published.map(({ change }) => change).filter((change) => change !== 'reviewed');
  const expectedChanges = expected.published.filter((change) => change !== 'reviewed');
  const isReviewed = published.some(({ change }) => change === 'reviewed');
  return [
    ...(outcome.status === expected.status
      ? []
      : [`its status is ${outcome.status}, not ${expected.status}`]),
    ...(outcome.found === expected.found
      ? []
      : [`search ${outcome.found ? 'finds it' : 'does not find it'}`]),
    ...(same(told.toSorted(), expected.told.toSorted())
      ? []
      : [`its author was told ${told.join(', ') || 'nothing'}`]),
    ...(same(changes, expectedChanges)
      ? []
      : [`the broadcaster published ${changes.join(', ') || 'nothing'}`]),
    ...(isReviewed || !expected.published.includes('reviewed') ? [] : ['it was not reviewed']),
  ];
};

const column = (text: string, width: number): string => text.padEnd(width);

const tell = (story: Story, journal: readonly Entry[]): void => {
  say();
  say(`${story.author}: ${story.title}`);
  for (const { functionName, message, change, version } of journal) {
    const outcome = message === change ? '' : message;
    say(`    ${column(functionName, 20)}${column(`${change} (version ${version})`, 26)}${outcome}`);
  }
};

const run = async (stack: LaunchedStack): Promise<number> => {
  const { apiUrl, issuer } = stack.running;
  const ada = await userOf(apiUrl, issuer, 'ada');
  const grace = await userOf(apiUrl, issuer, 'grace');
  const stories = await writeStories(ada, grace);
  say(`Wrote ${stories.length} posts through ${apiUrl}. What each function did with them:`);
  await stack.untilQuiet(QUIET_WITHIN_MILLISECONDS);

  const journal = readJournal(stack.state.logs);
  const missing = [];
  for (const story of stories) {
    const own = journal.filter(({ postId }) => postId === story.postId);
    tell(story, own);
    const found = await differences(story, stack, story.author === 'ada' ? ada : grace, own);
    for (const difference of found) {
      say(`    ✗ ${difference}`);
      missing.push(`${story.title}: ${difference}`);
    }
    if (found.length === 0) say(`    ✓ ${endOf(story)}`);
  }
  say();
  if (missing.length === 0) {
    say(`All ${stories.length} posts are as they must be: nothing lost, nothing twice, nothing stale.`);
    return 0;
  }
  say('These are not as they must be:');
  for (const line of missing) say(`  ${line}`);
  return 1;
};

const endOf = ({ expected }: Story): string =>
  [
    expected.status === undefined ? 'gone' : expected.status,
    expected.found ? 'found by search' : 'not found by search',
    `author told: ${expected.told.join(', ')}`,
  ].join('; ');

const serviceDirectory = resolve(import.meta.dirname, '..', '..');

const HELP = `npm run demo

Starts the service on free ports, writes five posts, and tells what each stage did with them.`;

await runTool({ help: HELP, options: {} }, async () => {
  say('Starting the whole service on this machine (the first start compiles it, which takes a few seconds).');
  return withTemporaryStack('demo', { serviceDirectory }, run);
});
