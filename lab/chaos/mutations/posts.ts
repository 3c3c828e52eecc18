import type { Mutation, MutationRun } from './mutation.ts';

const REPOSITORY = 'lib/posts/dynamodb-post-repository.ts';
const CREATE = 'lib/posts/dynamodb-create-post.ts';
const DECISION = 'lib/moderation/dynamodb-write-decision.ts';
const THERE = 'accepted changes are there';
const ONCE = 'nothing is written twice';
const REVIEWED = 'every version is reviewed once';
const api: MutationRun = { mix: 'duplicates-and-reordering', seed: 5, posts: 200, throughApi: 1 };
const slow: MutationRun = { mix: 'slow', seed: 5, posts: 150, throughApi: 1 };
const cutOff: MutationRun = { mix: 'cut-off', seed: 3, posts: 100, throughApi: 1 };

/** As good as no condition, with all its values in use. */
const any = (attribute: string, value: string) =>
  `(${attribute} = ${value} OR ${attribute} <> ${value} OR attribute_not_exists(${attribute}))`;

/** The guards of the posts table, its API and moderation. */
export const POSTS_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'posts: an edit is written over the version that it read',
    edits: [
      {
        file: REPOSITORY,
        find: "ConditionExpression: '#version = :expected',",
        replace: `ConditionExpression: '${any('#version', ':expected')}',`,
      },
    ],
    run: slow,
    breaks: [THERE, ONCE],
  },
  {
    guard: 'posts: a removal removes the version that it read',
    edits: [
      {
        file: REPOSITORY,
        find: "'userId = :author AND #version = :version'",
        replace: `'userId = :author AND ${any('#version', ':version')}'`,
      },
    ],
    run: slow,
    breaks: [THERE],
  },
  {
    guard: 'posts: a new post is written over nothing',
    edits: [
      {
        file: CREATE,
        find: "        ConditionExpression: 'attribute_not_exists(postId)',\n",
        replace: '',
      },
    ],
    run: cutOff,
    breaks: [],
    coveredBy: 'a new id for each post, and the token by which DynamoDB knows a repeated transaction',
  },
  {
    guard: 'posts: a request with an Idempotency-Key is carried out once',
    edits: [
      {
        file: CREATE,
        find: 'key === undefined ? [putPost] : [putPost, putKey]',
        replace: 'key === undefined || putKey ? [putPost] : []',
      },
    ],
    run: cutOff,
    breaks: [ONCE],
  },
  {
    guard: 'moderation: a decision is written over the version that it reviewed',
    edits: [
      {
        file: DECISION,
        find: "'#version = :reviewed AND (attribute_not_exists(moderation)",
        replace: "'#version >= :reviewed AND (attribute_not_exists(moderation)",
      },
    ],
    run: api,
    breaks: [REVIEWED, ONCE],
  },
  {
    guard: 'moderation: a decision is not decided about',
    edits: [
      {
        file: DECISION,
        find: '(attribute_not_exists(moderation) OR moderation.reviewedVersion <> :decided)',
        replace: any('moderation.reviewedVersion', ':decided'),
      },
    ],
    run: { mix: 'expiry', seed: 5, posts: 60 },
    breaks: [REVIEWED],
  },
];
