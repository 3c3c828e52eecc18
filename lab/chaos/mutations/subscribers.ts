import type { Rule } from '../checker/violation.ts';
import type { Mutation, MutationRun } from './mutation.ts';

const CONSUMER = 'lib/platform/queue-consumer.ts';
const PLACE = 'every event is in one place';
const poisoned: MutationRun = { mix: 'outages', seed: 3, posts: 120 };
/** Every subscriber's writes fail for a while. */
const failing: MutationRun = { mix: 'outages', seed: 17, posts: 120 };

const reporting = (name: string, breaks: readonly Rule[], run = failing): Mutation => ({
  guard: `${name}: ReportBatchItemFailures`,
  edits: [
    {
      file: `functions/${name}/function.yml`,
      find: '        functionResponseType: ReportBatchItemFailures\n',
      replace: '',
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
  {
    guard: 'subscribers: what was not done together is done alone',
    edits: [
      {
        file: 'lib/platform/aws/dynamodb-statements.ts',
        find: "if (!response.Error) return 'done';",
        replace: "if (response) return 'done';",
      },
    ],
    run: { ...failing, posts: 250 },
    breaks: ['the index shows what is published', 'every version is reviewed once'],
  },
  reporting('search-indexing', ['the index shows what is published']),
  reporting('push-notifications', ['every device is told once']),
  // Half of its writes fall into outages, to the end of the run: a later edit, or a message published twice, brings
  // most of what is lost again.
  reporting('content-moderation', ['every version is reviewed once'], {
    ...failing,
    seed: 116645,
    posts: 250,
  }),
];
