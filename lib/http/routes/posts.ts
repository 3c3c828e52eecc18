import * as z from 'zod';
import { Post, PostContent, PostId, PostType, UserId } from '#lib/posts/post.ts';
import { Cursor } from '../cursor.ts';
import { IfMatch, IfNoneMatch } from '../entity-tag.ts';
import { IdempotencyKey } from '../idempotency-key.ts';
import { anything, defineRoute, noBody, none, nothing, optional, required } from '../route.ts';

/** The statuses an author can give; `flagged` is moderation's. */
const WritableStatus = z.enum(['draft', 'published']);

/** A post as the API shows it. */
export const PostResource = Post.omit({ moderation: true })
  .extend({
    moderation: z
      .object({ labels: z.array(z.string()) })
      .optional()
      .describe('Of a flagged post: why. Only its author ever sees it.'),
  })
  .meta({ id: 'Post' });
export type PostResource = z.infer<typeof PostResource>;

const NextCursor = z
  .string()
  .optional()
  .describe('Hand it in as `cursor` for the next page. Absent on the last page.');

export const PostPage = z
  .object({ items: z.array(PostResource), nextCursor: NextCursor })
  .meta({ id: 'PostPage' });

export const SearchPage = z
  .object({
    items: z.array(
      z
        .object({
          postId: PostId,
          userId: UserId,
          type: PostType,
          timestamp: z.iso.datetime(),
          content: PostContent,
          version: z.int().positive(),
          snippet: z.object({
            text: z.string().describe('The part of the content around the first word found.'),
            highlights: z
              .array(z.object({ start: z.int().min(0), end: z.int().min(0) }))
              .describe('The words found, as offsets in UTF-16 code units, end exclusive.'),
          }),
        })
        .meta({ id: 'SearchResult' }),
    ),
    nextCursor: NextCursor,
  })
  .meta({ id: 'SearchPage' });

/** A page size in decimal digits, 1 to 100. */
const Limit = z
  .string()
  .regex(/^(?:[1-9][0-9]?|100)$/, 'must be a whole number from 1 to 100')
  .transform(Number)
  .default(20)
  .meta({
    description: 'The most items on the page.',
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern;
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 100 });
    },
  });

const OwnUserId = UserId.optional().describe('If given, it must be the caller: 403 otherwise.');

const NewPostBody = z
  .strictObject({
    content: PostContent,
    type: PostType.default('text'),
    status: WritableStatus.default('draft'),
    userId: OwnUserId,
  })
  .meta({
    id: 'NewPost',
    examples: [{ content: 'Sunrise over the harbour', type: 'photo', status: 'published' }],
  });

const PostEditBody = z
  .strictObject({
    content: PostContent.optional(),
    type: PostType.optional(),
    status: WritableStatus.optional(),
    userId: OwnUserId,
  })
  .meta({ id: 'PostEdit', examples: [{ status: 'published' }] });

const PostParams = z.strictObject({ postId: PostId });
const POST_HEADERS = ['ETag', 'Cache-Control'] as const;

export const createPostRoute = defineRoute({
  operationId: 'createPost',
  method: 'POST',
  path: '/posts',
  tag: 'Posts',
  summary: 'Create a post',
  description: 'The author is the caller. A post is a draft unless `status` says `published`.',
  auth: required,
  params: nothing,
  query: nothing,
  headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
  body: NewPostBody,
  mediaTypes: ['application/json'],
  answers: {
    201: {
      description: 'The post as created.',
      body: PostResource,
      headers: ['Location', 'ETag', 'Cache-Control'],
    },
  },
  problems: ['another-user', 'idempotency-key-in-use', 'idempotency-key-reused'],
});

export const getPostRoute = defineRoute({
  operationId: 'getPost',
  method: 'GET',
  path: '/posts/{postId}',
  tag: 'Posts',
  summary: 'Read a post',
  description: 'Published posts are open to everyone. Drafts and flagged posts exist for their author alone.',
  auth: optional,
  params: PostParams,
  query: nothing,
  headers: z.object({ 'if-none-match': IfNoneMatch.optional() }),
  body: noBody,
  mediaTypes: [],
  answers: {
    200: { description: 'The post.', body: PostResource, headers: [...POST_HEADERS, 'Vary'] },
    304: {
      description: 'The post is still at the version of If-None-Match.',
      headers: [...POST_HEADERS, 'Vary'],
    },
  },
  problems: ['not-found'],
});

export const updatePostRoute = defineRoute({
  operationId: 'updatePost',
  method: 'PATCH',
  path: '/posts/{postId}',
  tag: 'Posts',
  summary: 'Change a post',
  description:
    'A JSON Merge Patch (RFC 7396): fields that are not given stay. Without If-Match the last write wins. ' +
    'A flagged post keeps its status until moderation has looked at an edit.',
  auth: required,
  params: PostParams,
  query: nothing,
  headers: z.object({ 'if-match': IfMatch.optional() }),
  body: PostEditBody,
  mediaTypes: ['application/json', 'application/merge-patch+json'],
  answers: { 200: { description: 'The post as it is now.', body: PostResource, headers: POST_HEADERS } },
  problems: ['another-user', 'not-found', 'flagged-post', 'write-contention', 'stale-version'],
});

export const deletePostRoute = defineRoute({
  operationId: 'deletePost',
  method: 'DELETE',
  path: '/posts/{postId}',
  tag: 'Posts',
  summary: 'Remove a post',
  description: 'Removing it again answers 404: there is nothing left to remove.',
  auth: required,
  params: PostParams,
  query: nothing,
  headers: z.object({ 'if-match': IfMatch.optional() }),
  body: noBody,
  mediaTypes: [],
  answers: { 204: { description: 'The post is gone.' } },
  problems: ['another-user', 'not-found', 'write-contention', 'stale-version'],
});

export const listUserPostsRoute = defineRoute({
  operationId: 'listUserPosts',
  method: 'GET',
  path: '/users/{userId}/posts',
  tag: 'Posts',
  summary: "List a user's posts, newest first",
  description:
    'All of them for the author, the published ones for everyone else. A page can be shorter than `limit`; ' +
    'only a page without `nextCursor` is the last.',
  auth: optional,
  params: z.strictObject({ userId: UserId }),
  query: z.strictObject({ limit: Limit, cursor: Cursor.optional() }),
  headers: anything,
  body: noBody,
  mediaTypes: [],
  answers: {
    200: { description: 'One page.', body: PostPage, headers: ['Cache-Control', 'Vary'] },
  },
  problems: [],
});

export const searchPostsRoute = defineRoute({
  operationId: 'searchPosts',
  method: 'GET',
  path: '/posts/search',
  tag: 'Posts',
  summary: 'Search published posts, newest first',
  description:
    'Every word has to occur; from three letters on, the last one may also begin a word. The index follows ' +
    'the posts within moments. Only a page without `nextCursor` is the last.',
  auth: none,
  params: nothing,
  query: z.strictObject({
    q: z
      .string()
      .max(200)
      .regex(/[\p{L}\p{N}]/u, 'must hold a letter or a digit')
      .meta({
        description: 'The words to find.',
        override: { type: 'string', minLength: 1, maxLength: 200 },
      }),
    type: PostType.optional().describe('Only posts of this type.'),
    userId: UserId.optional().describe('Only posts of this author.'),
    limit: Limit,
    cursor: Cursor.optional(),
  }),
  headers: anything,
  body: noBody,
  mediaTypes: [],
  answers: { 200: { description: 'One page.', body: SearchPage, headers: ['Cache-Control'] } },
  problems: [],
});
