import type { Mutation, MutationRun } from './mutation.ts';

const STATE = 'lib/search/term-index/state.ts';
const WRITER = 'lib/search/term-index/dynamodb-writer.ts';
const INDEX = 'the index shows what is published';
const reordering: MutationRun = { mix: 'duplicates-and-reordering', seed: 5, posts: 120 };
const cutOff: MutationRun = { mix: 'cut-off', seed: 3, posts: 200 };
const outages: MutationRun = { mix: 'outages', seed: 3, posts: 120 };

const versionGate = {
  file: STATE,
  find: "if (current && current.version > entry.version) return { outcome: 'ignored' };",
};
const tombstone = { file: STATE, find: "if (current?.removed) return { outcome: 'ignored' };" };

/** The guards of the search index. */
export const SEARCH_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'search: version gate',
    edits: [{ ...versionGate, replace: '' }],
    run: reordering,
    breaks: [INDEX],
  },
  {
    guard: 'search: a tombstone is final',
    edits: [{ ...tombstone, replace: '' }],
    run: reordering,
    breaks: [],
    coveredBy: 'the version gate: a removal is the last version',
  },
  {
    guard: 'search: tombstones, both of their gates',
    edits: [
      { ...tombstone, replace: '' },
      { ...versionGate, replace: versionGate.find.replace('current &&', 'current && !current.removed &&') },
    ],
    run: { ...reordering, posts: 250 },
    breaks: [INDEX],
  },
  {
    guard: 'search: a version that is there is not written again',
    edits: [
      {
        file: STATE,
        find: "if (rebuild === undefined || rebuilt || !entry.visible) return { outcome: 'ignored' };",
        replace: "if (rebuild !== undefined && (rebuilt || !entry.visible)) return { outcome: 'ignored' };",
      },
    ],
    run: reordering,
    breaks: [],
    coveredBy: 'generations: the same version writes the same state; the gate saves the write',
  },
  {
    guard: 'search: the state is replaced only as it was seen',
    edits: [
      {
        file: 'lib/search/term-index/index-items.ts',
        find: 'Item: stateItem(next), ...unchangedSince(seen) }',
        replace: 'Item: stateItem(next) }',
      },
    ],
    run: reordering,
    breaks: [INDEX],
  },
  {
    guard: 'search: replaced postings are deleted',
    edits: [
      { file: WRITER, find: '      await deleteObsolete(plan.next);', replace: '' },
      { file: WRITER, find: '    await deleteObsolete(seen);', replace: '' },
    ],
    run: reordering,
    breaks: [INDEX],
  },
  {
    guard: 'search: an attempt that ended before the deletion is finished by the next',
    edits: [{ file: WRITER, find: '    await deleteObsolete(seen);', replace: '' }],
    run: cutOff,
    breaks: [INDEX],
  },
  {
    guard: 'search: postings of an attempt that lost are deleted',
    edits: [
      {
        file: WRITER,
        find: 'if (entry.visible && shown?.id !== own.id) await items.deletePostings(entry, own);',
        replace: '',
      },
    ],
    run: reordering,
    breaks: [INDEX],
  },
  {
    guard: 'search: redelivered messages look for what an earlier attempt left',
    edits: [
      {
        file: 'lib/platform/queue-consumer.ts',
        find: 'redelivered: receiveCount > 1',
        replace: 'redelivered: false',
      },
    ],
    run: cutOff,
    breaks: [],
    coveredBy:
      'whatever comes too late looks for what an earlier attempt left; the flag saves a reading that would be needed anyway',
  },
  {
    guard: 'search: what BatchWriteItem hands back is written again',
    edits: [
      {
        file: 'lib/search/term-index/batch.ts',
        find: 'return UnprocessedItems?.[tableName] ?? [];',
        replace: 'return UnprocessedItems ? [] : [];',
      },
    ],
    run: outages,
    breaks: [INDEX],
  },
];
