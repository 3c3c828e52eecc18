import type { Mutation, MutationRun } from './mutation.ts';

const REPOSITORY = 'lib/posts/dynamodb-post-repository.ts';
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

const keyedOnce = {
  file: 'functions/create-post/handler.ts',
  find: 'return once(request, lambda, async () => answer(await reserve(request, ulid())));',
};

/** The guards of the posts table, its API and moderation. */
export const POSTS_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'posts: an edit is written over the version that it read',
    edits: [
      {
        file: REPOSITORY,
        find: "          Item: { ...post, correlationId },\n          ConditionExpression: '#version = :expected',",
        replace: `          Item: { ...post, correlationId },\n          ConditionExpression: '${any('#version', ':expected')}',`,
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
        find: "          Key: { postId },\n          ConditionExpression: '#version = :expected',",
        replace: `          Key: { postId },\n          ConditionExpression: '${any('#version', ':expected')}',`,
      },
    ],
    run: slow,
    breaks: [THERE],
  },
  {
    guard: 'posts: a new post is written over nothing',
    edits: [
      {
        file: REPOSITORY,
        find: "          ConditionExpression: 'attribute_not_exists(postId)',\n",
        replace: '',
      },
    ],
    run: cutOff,
    breaks: [ONCE],
  },
  {
    guard: 'posts: a request with an Idempotency-Key is answered once',
    edits: [
      {
        ...keyedOnce,
        replace: 'return once ? answer(await reserve(request, ulid())) : answer(lambda.awsRequestId);',
      },
    ],
    run: cutOff,
    breaks: [],
    coveredBy: 'the reserved id: the second run finds the post of the first',
  },
  {
    guard: 'posts: a request that was cut off finds the id it had reserved',
    edits: [
      {
        ...keyedOnce,
        replace: 'return once(request, lambda, async () => answer(reserve ? ulid() : ulid()));',
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
