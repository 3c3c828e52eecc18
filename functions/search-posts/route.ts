import * as z from 'zod';
import { Cursor, Limit, NextCursor } from '#lib/http/page.ts';
import type { Route } from '#lib/http/route.ts';
import { Post, PostType, UserId } from '#lib/posts/post.ts';

const Snippet = z.object({
  text: z.string().describe('The part of the content around the first word found.'),
  highlights: z
    .array(z.object({ start: z.int().min(0), end: z.int().min(0) }))
    .describe('The words found, as offsets in UTF-16 code units, end exclusive.'),
});
const SearchResult = Post.omit({ status: true, updatedAt: true, moderation: true })
  .extend({ snippet: Snippet })
  .meta({ id: 'SearchResult' });

export const SearchPage = z
  .object({ items: z.array(SearchResult), nextCursor: NextCursor })
  .meta({ id: 'SearchPage' });

export const route = {
  tag: 'Posts',
  summary: 'Search published posts, newest first',
  description:
    'Finds whole words, whatever their case, and every one has to occur. Of a post its first 200 different words can ' +
    'be found. The index follows the posts within moments, on OpenSearch a second more. Only a page without ' +
    '`nextCursor` is the last, and only the last can be empty: a search that would have to read too much for a ' +
    'result is refused.',
  request: z.object({
    query: z.strictObject({
      q: z
        .string()
        .max(200)
        .regex(/[\p{L}\p{N}]/u, 'must hold a letter or a digit')
        .meta({
          description: 'The words to find.',
          override: { type: 'string', minLength: 1, maxLength: 200 },
        }),
      type: PostType.exactOptional().describe('Only posts of this type.'),
      userId: UserId.exactOptional().describe('Only posts of this author.'),
      limit: Limit,
      cursor: Cursor,
    }),
  }),
  answers: { 200: { description: 'One page.', body: SearchPage, headers: ['Cache-Control'] } },
  problems: ['search-too-broad'],
} as const satisfies Route;
