import { z } from 'zod';
import { systemClock } from '#local/clock.ts';

const Created = z.object({ postId: z.string() });
const Token = z.object({ access_token: z.string() });
const Page = z.object({
  items: z.array(z.object({ postId: z.string() })),
  nextCursor: z.string().optional(),
});

/** A token of the local issuer. */
export const tokenOf = async (issuer: string, user: string): Promise<string> => {
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams({ user }) });
  return Token.parse(await answer.json()).access_token;
};

/** Waits as long as an API at its rate limit asks a client to. */
const politely = async (call: () => Promise<Response>): Promise<Response> => {
  for (;;) {
    const answer = await call();
    if (answer.status !== 429) return answer;
    await answer.body?.cancel();
    await systemClock.sleep(100);
  }
};

/**
 * Asks for a post.
 * @returns its id when the API accepted it, undefined when there was no answer: nobody knows what became of it
 * @throws when the API refused it
 */
export const accepted = async (
  apiUrl: string,
  token: string,
  post: { content: string; status: string },
): Promise<string | undefined> => {
  const answer = await politely(() =>
    fetch(`${apiUrl}/posts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(post),
    }),
  ).catch(() => undefined);
  const text = await answer?.text().catch(() => undefined);
  if (!answer || text === undefined) return undefined;
  if (answer.status !== 201) throw new Error(`the API answered ${answer.status}: ${text}`);
  return Created.parse(JSON.parse(text)).postId;
};

/** The ids of all posts that a search finds, page by page. */
export const searchAll = async (apiUrl: string, words: string): Promise<string[]> => {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ q: words, limit: '100', ...(cursor && { cursor }) });
    const page = Page.parse(await (await politely(() => fetch(`${apiUrl}/posts/search?${query}`))).json());
    found.push(...page.items.map(({ postId }) => postId));
    cursor = page.nextCursor;
  } while (cursor);
  return found;
};
