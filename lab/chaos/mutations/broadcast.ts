import type { Mutation, MutationRun } from './mutation.ts';

const HANDLER = 'functions/broadcaster/handler.ts';
const BROADCAST = 'lib/broadcast/broadcast.ts';
const PUBLISH = 'lib/broadcast/sns-publish-batch.ts';
const PLACE = 'every event is in one place';
const outages: MutationRun = { mix: 'outages', seed: 3, posts: 120 };

/** The guards of the way from the stream to the topic. */
export const BROADCAST_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'broadcaster: what PublishBatch names as failed comes again',
    edits: [
      {
        file: PUBLISH,
        find: 'return [...Failed.map(rejectedOf), ...unmentioned];',
        replace: 'return unmentioned;',
      },
    ],
    run: outages,
    breaks: [PLACE],
  },
  {
    guard: 'broadcaster: what PublishBatch does not mention comes again',
    edits: [
      {
        file: PUBLISH,
        find: 'return [...Failed.map(rejectedOf), ...unmentioned];',
        replace: 'return Failed.map(rejectedOf);',
      },
    ],
    run: outages,
    breaks: [PLACE],
  },
  {
    guard: 'broadcaster: what fails for now is not parked',
    edits: [
      {
        file: PUBLISH,
        find: "permanent: SenderFault === true && !/throttl/i.test(Code ?? ''),",
        replace: "permanent: SenderFault !== undefined || /throttl/i.test(Code ?? ''),",
      },
    ],
    run: outages,
    breaks: [PLACE],
  },
  {
    guard: 'broadcaster: a call that fails brings all of its messages again',
    edits: [
      {
        file: BROADCAST,
        find: '    batch.map(({ id }) => ({ id, reason: String(error), permanent: false })),',
        replace:
          '    batch.slice(batch.length).map(({ id }) => ({ id, reason: String(error), permanent: false })),',
      },
    ],
    // The first calls fail whole.
    run: { ...outages, seed: 28, posts: 250 },
    breaks: [PLACE],
  },
  {
    guard: 'broadcaster: at most ten messages in a call',
    edits: [
      {
        file: 'lib/broadcast/pack.ts',
        find: 'const MAX_ENTRIES = 10;',
        replace: 'const MAX_ENTRIES = 11;',
      },
    ],
    run: outages,
    breaks: [],
    coveredBy: 'bisecting: the call is refused whole, and batches are halved until it is short enough',
  },
  {
    guard: 'broadcaster: the lowest failed sequence number is the one reported',
    edits: [{ file: HANDLER, find: 'Math.min(', replace: 'Math.max(' }],
    run: outages,
    breaks: [PLACE],
  },
  {
    guard: 'broadcaster: ReportBatchItemFailures on the stream',
    edits: [
      {
        file: 'functions/broadcaster/function.yml',
        find: '        functionResponseType: ReportBatchItemFailures\n',
        replace: '',
      },
    ],
    run: outages,
    breaks: [PLACE],
  },
  {
    guard: 'broadcaster: what can never be published is parked, not dropped',
    edits: [
      {
        file: BROADCAST,
        find: '      await park({ reason, record: records[position] });\n',
        replace: '',
      },
    ],
    run: outages,
    breaks: [PLACE],
  },
  {
    guard: 'broadcaster: what can never be published is parked, and does not block the shard',
    edits: [
      {
        file: BROADCAST,
        find: '      await park({ reason, record: records[position] });\n',
        replace: "      if (park) throw new Error('not parked');\n",
      },
    ],
    run: outages,
    breaks: [PLACE, 'nothing is left under way'],
  },
  {
    guard: 'broadcaster: what could not be parked comes again',
    edits: [
      {
        file: BROADCAST,
        find: 'failed.push({ position, reason: `could not be parked',
        replace: 'parked.push({ position, reason: `could not be parked',
      },
    ],
    run: outages,
    breaks: [PLACE],
  },
];
