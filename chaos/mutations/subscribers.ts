import type { Mutation, MutationRun } from './mutation.ts';

const CONSUMER = 'lib/platform/queue-consumer.ts';
const PLACE = 'every event is in one place';
const outages: MutationRun = { mix: 'outages', seed: 22, posts: 120 };

const reporting = (name: string): Mutation => ({
  guard: `${name}: ReportBatchItemFailures`,
  edits: [
    {
      file: `functions/${name}/function.yml`,
      find: '        functionResponseType: ReportBatchItemFailures\n',
      replace: '',
    },
  ],
  run: outages,
  breaks: [PLACE],
});

/** The guards of the queues' consumers. */
export const SUBSCRIBER_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'subscribers: what failed comes again',
    edits: [
      {
        file: CONSUMER,
        find: '    throw error instanceof Error ? error : new Error(String(error), { cause: error });',
        replace: '    if (error instanceof UnreadableMessage) throw error;',
      },
    ],
    run: outages,
    breaks: ['every device is told once'],
  },
  {
    guard: 'subscribers: what nobody can read goes to the dead-letter queue',
    edits: [
      {
        file: CONSUMER,
        find: '    throw error instanceof Error ? error : new Error(String(error), { cause: error });',
        replace: '    if (!(error instanceof UnreadableMessage)) throw error;',
      },
    ],
    run: outages,
    breaks: [PLACE],
  },
  reporting('search-indexing'),
  reporting('push-notifications'),
  reporting('content-moderation'),
];
