import type { Rule } from '../checker/violation.ts';
import type { Mutation, MutationRun } from './mutation.ts';

const CONSUMER = 'lib/platform/queue-consumer.ts';
const PLACE = 'every event is in one place';
const poisoned: MutationRun = { mix: 'outages', seed: 3, posts: 120 };
/** Every subscriber's writes fail for a while. */
const failing: MutationRun = { mix: 'outages', seed: 17, posts: 120 };

const reporting = (name: string, queue: string, breaks: readonly Rule[], run = failing): Mutation => ({
  guard: `${name}: ReportBatchItemFailures`,
  edits: [
    {
      file: 'resources/plugins/post-events.js',
      find: "      functionResponseType: 'ReportBatchItemFailures',\n",
      replace: `      ...(queue !== '${queue}' && { functionResponseType: 'ReportBatchItemFailures' }),\n`,
    },
  ],
  run,
  breaks,
});

/** The guards of the queues' consumers. */
export const SUBSCRIBER_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'subscribers: what failed comes again',
    edits: [
      {
        file: CONSUMER,
        find: '      throw error instanceof Error ? error : new Error(String(error), { cause: error });',
        replace: '      if (error instanceof UnreadableMessage) throw error;',
      },
    ],
    run: failing,
    breaks: ['the index shows what is published'],
  },
  {
    guard: 'subscribers: what nobody can read goes to the dead-letter queue',
    edits: [
      {
        file: CONSUMER,
        find: '      throw error instanceof Error ? error : new Error(String(error), { cause: error });',
        replace: '      if (!(error instanceof UnreadableMessage)) throw error;',
      },
    ],
    run: poisoned,
    breaks: [PLACE],
  },
  reporting('search-indexing', 'SearchIndexingQueue', ['the index shows what is published']),
  reporting('push-notifications', 'PushNotificationsQueue', ['every device is told once']),
  // Half of its writes fall into outages, to the end of the run: a later edit, or a message published twice, brings
  // most of what is lost again.
  reporting('content-moderation', 'ContentModerationQueue', ['every version is reviewed once'], {
    ...failing,
    seed: 116645,
    posts: 250,
  }),
];
