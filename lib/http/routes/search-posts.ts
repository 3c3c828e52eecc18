import * as z from '#lib/platform/zod.ts';
import { PostContent, PostId, PostType } from '#lib/posts/post.ts';
import { UserId } from '#lib/posts/user-id.ts';
import { Cursor } from '../cursor.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { anything, defineRoute, noBody, none, nothing } from '../route.ts';
import { Limit, NextCursor } from './page.ts';

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
          version: z.int().check(z.positive()),
          snippet: z.object({
            text: z.string().check(z.describe('The part of the content around the first word found.')),
            highlights: z
              .array(z.object({ start: z.int().check(z.minimum(0)), end: z.int().check(z.minimum(0)) }))
              .check(z.describe('The words found, as offsets in UTF-16 code units, end exclusive.')),
          }),
        })
        .check(z.meta({ id: 'SearchResult' })),
    ),
    nextCursor: NextCursor,
  })
  .check(z.meta({ id: 'SearchPage' }));

export const searchPostsRoute = defineRoute({
  operationId: 'searchPosts',
  ...ENDPOINTS.searchPosts,
  tag: 'Posts',
  summary: 'Search published posts, newest first',
  description:
    'Finds whole words, whatever their case, and every one has to occur. Of a post its first 200 different words can ' +
    'be found. The index follows the posts within moments, on OpenSearch a second more. Only a page without `nextCursor` is the last, and only ' +
    'the last can be empty.',
  auth: none,
  params: nothing,
  query: z.strictObject({
    q: z.string().check(
      z.maxLength(200),
      z.regex(/[\p{L}\p{N}]/u, 'must hold a letter or a digit'),
      z.meta({
        description: 'The words to find.',
        override: { type: 'string', minLength: 1, maxLength: 200 },
      }),
    ),
    type: z.optional(PostType).check(z.describe('Only posts of this type.')),
    userId: z.optional(UserId).check(z.describe('Only posts of this author.')),
    limit: Limit,
    cursor: z.optional(Cursor),
  }),
  headers: anything,
  body: noBody,
  mediaTypes: [],
  answers: { 200: { description: 'One page.', body: SearchPage, headers: ['Cache-Control'] } },
  problems: [],
});
