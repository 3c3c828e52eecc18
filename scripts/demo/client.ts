import { z } from 'zod';

const Post = z.object({
  postId: z.string(),
  status: z.string(),
  version: z.number(),
  content: z.string(),
});
type Post = z.infer<typeof Post>;

const Found = z.object({ items: z.array(z.object({ postId: z.string() })) });
const Token = z.object({ access_token: z.string() });

/** The API as one user calls it. */
export interface User {
  name: string;
  create(post: { content: string; type: string; status: string }): Promise<Post>;
  change(postId: string, change: { content?: string; status?: string }): Promise<Post>;
  remove(postId: string): Promise<void>;
  /** The post as this user sees it, undefined when there is none for them. */
  read(postId: string): Promise<Post | undefined>;
}

const answerOf = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
};

/** A user with a token from the local issuer. */
export const userOf = async (apiUrl: string, issuer: string, name: string): Promise<User> => {
  const tokenResponse = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ user: name }),
  });
  const { access_token: token } = Token.parse(await answerOf(tokenResponse));
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    name,
    create: async (post) => Post.parse(await answerOf(await call('POST', '/posts', post))),
    change: async (postId, change) =>
      Post.parse(await answerOf(await call('PATCH', `/posts/${postId}`, change))),
    remove: async (postId) => {
      await answerOf(await call('DELETE', `/posts/${postId}`));
    },
    read: async (postId) => {
      const response = await call('GET', `/posts/${postId}`);
      return response.status === 404 ? undefined : Post.parse(await answerOf(response));
    },
  };
};

/** The ids of the posts that a search for `words` finds, newest first. */
export const search = async (apiUrl: string, words: string): Promise<string[]> => {
  const response = await fetch(`${apiUrl}/posts/search?q=${encodeURIComponent(words)}`);
  return Found.parse(await answerOf(response)).items.map(({ postId }) => postId);
};
