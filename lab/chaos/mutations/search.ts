import type { Mutation, MutationRun } from './mutation.ts';

const WRITER = 'lib/search/term-index/writer.ts';
const INDEX = 'the index shows what is published';
const reordering: MutationRun = { mix: 'duplicates-and-reordering', seed: 5, posts: 120 };
const removals: MutationRun = { ...reordering, posts: 250 };
const cutOff: MutationRun = { mix: 'cut-off', seed: 3, posts: 200 };
const outages: MutationRun = { mix: 'outages', seed: 3, posts: 120 };

const condition = 'attribute_not_exists(pk) OR (version <= :version AND removed = :false)';
const valuesOfCondition = "':version': state.version, ':false': false";
const late = "if (seen && seen.version > entry.version) return 'ignored';";
const tombstone = 'if (seen?.removed) {';
const deletion = 'if (entry.removed) await deleteHints(entry, words);';

/** The guards of the search index. */
export const SEARCH_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'search: version gate',
    edits: [
      { file: WRITER, find: late, replace: '' },
      { file: WRITER, find: condition, replace: 'attribute_not_exists(pk) OR removed = :false' },
      { file: WRITER, find: valuesOfCondition, replace: "':false': false" },
    ],
    run: reordering,
    breaks: [INDEX],
  },
  {
    guard: 'search: the state is put only over an earlier one',
    edits: [
      { file: WRITER, find: condition, replace: 'attribute_not_exists(nothing)' },
      { file: WRITER, find: `ExpressionAttributeValues: { ${valuesOfCondition} },`, replace: '' },
    ],
    run: reordering,
    breaks: [INDEX],
  },
  {
    guard: 'search: a tombstone is final',
    edits: [
      { file: WRITER, find: tombstone, replace: 'if (seen?.removed && seen.version >= entry.version) {' },
      { file: WRITER, find: condition, replace: 'attribute_not_exists(pk) OR version <= :version' },
      { file: WRITER, find: valuesOfCondition, replace: "':version': state.version" },
    ],
    run: removals,
    breaks: [],
    coveredBy: 'the version gate: a removal is the last version',
  },
  {
    guard: 'search: a removal leaves a tombstone',
    edits: [
      {
        file: WRITER,
        find: 'if (entry.removed) await deleteHints(entry, words);',
        replace: [
          'if (entry.removed) {',
          '  await deleteHints(entry, words);',
          '  await writeAll(client, table, [deletion(stateKey(entry.postId))]);',
          '}',
        ].join('\n'),
      },
    ],
    run: removals,
    breaks: [INDEX],
  },
  {
    guard: 'search: every word of what is shown has a hint',
    edits: [{ file: WRITER, find: 'words.filter((word) => !hinted.includes(word)),', replace: '[],' }],
    run: reordering,
    breaks: [INDEX],
  },
  {
    guard: 'search: a removal deletes the hints',
    edits: [{ file: WRITER, find: deletion, replace: '' }],
    run: removals,
    breaks: [INDEX],
  },
  {
    guard: 'search: hints are listed for the removal',
    edits: [
      {
        file: WRITER,
        find: '].flatMap(({ type, words: noted })',
        replace: '].slice(0, 1).flatMap(({ type, words: noted })',
      },
    ],
    run: removals,
    breaks: [INDEX],
  },
  {
    guard: 'search: what comes after the removal takes back its own hints',
    edits: [
      {
        file: WRITER,
        find: '      await deleteHints(entry, words);\n      return',
        replace: '      return',
      },
    ],
    run: { ...cutOff, posts: 300 },
    breaks: [INDEX],
  },
  {
    guard: 'search: what BatchWriteItem hands back is written again',
    edits: [
      {
        file: 'lib/search/term-index/batch.ts',
        find: 'return UnprocessedItems?.[table] ?? [];',
        replace: 'return UnprocessedItems ? [] : [];',
      },
    ],
    run: outages,
    breaks: [INDEX],
  },
];
