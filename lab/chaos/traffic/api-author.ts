import { z } from 'zod';
import { systemClock } from '../../../packages/local-stack/src/clock.ts';
import type { RunningStack } from '../../../packages/local-stack/src/running-stack.ts';
import type { TrafficRecord } from './accepted.ts';
import type { PostType, Story } from './story.ts';

const Token = z.object({ access_token: z.string() });
const Post = z.object({
  postId: z.string(),
  version: z.number(),
  content: z.string(),
  type: z.string(),
  status: z.string(),
});
const Problem = z.object({ type: z.string() });

const MAX_WAIT_MS = 1_000;
/** Nobody waits longer for an answer; the request may have been done all the same. */
const PATIENCE_MS = 15_000;

/** What the last try of a request came to. */
interface Answered {
  status: number;
  body: unknown;
  /** A try before it got no definite answer: it may have been done. */
  uncertain: boolean;
}

/** Whoever keeps tokens of one user for the stack that runs now. */
const tokens = (user: string) => {
  let known: { issuer: string; token: string } | undefined;
  return async (issuer: string): Promise<string> => {
    if (known?.issuer !== issuer) {
      const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams({ user }) });
      known = { issuer, token: Token.parse(await answer.json()).access_token };
    }
    return known.token;
  };
};

const problemOf = (body: unknown): string => {
  const parsed = Problem.safeParse(body);
  return parsed.success ? parsed.data.type.slice(parsed.data.type.lastIndexOf(':') + 1) : '';
};

const isWorthRetrying = ({ status, body }: Answered): boolean =>
  status === 429 ||
  status >= 500 ||
  (status === 409 && ['idempotency-key-in-use', 'write-contention'].includes(problemOf(body)));

/**
 * Plays a story through the HTTP API as a good client does: signed tokens, an Idempotency-Key for what creates, tries
 * again what got no definite answer.
 * @param running the stack that runs now; waits for one while there is none
 * @param maxAttempts of a request, hardly more than one a second
 */
export const playThroughApi = async (
  story: Story,
  running: () => Promise<RunningStack>,
  record: TrafficRecord,
  maxAttempts: number,
): Promise<void> => {
  const tokenOf = tokens(story.author);

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered> => {
    let uncertain = false;
    let last: Answered | undefined;
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      if (attempt > 0) {
        record.retries += 1;
        await systemClock.sleep(Math.min(MAX_WAIT_MS, 25 * 2 ** Math.min(attempt, 8)));
      }
      try {
        const { apiUrl, issuer } = await running();
        const answer = await fetch(`${apiUrl}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${await tokenOf(issuer)}`,
            'content-type': 'application/json',
            ...headers,
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(PATIENCE_MS),
        });
        const text = await answer.text();
        last = { status: answer.status, body: text === '' ? undefined : JSON.parse(text), uncertain };
        if (!isWorthRetrying(last)) return last;
        uncertain ||= answer.status >= 500;
      } catch {
        // No answer: nobody knows what became of it. That is what clients see, and why they try again.
        uncertain = true;
      }
    }
    throw new Error(`${method} ${path} got no answer in ${maxAttempts} attempts: ${JSON.stringify(last)}`);
  };

  const [first, ...rest] = story.steps;
  if (first?.kind !== 'create') throw new Error(`${story.marker} does not begin with its creation`);
  const { marker, author } = story;
  const accept = (body: unknown) => {
    const { postId, version, content, type } = Post.parse(body);
    record.accepted.push({ marker, postId, version, content, type });
    return postId;
  };
  const { content, type, status } = first;
  const created = await call('POST', '/posts', { content, type, status }, { 'idempotency-key': marker });
  if (created.status !== 201)
    throw new Error(`${marker} was refused: ${created.status} ${JSON.stringify(created.body)}`);
  const postId = accept(created.body);
  const intent = { marker, author, postId, removed: false, content, type, status };
  record.intents.push(intent);

  const patch = async (change: { content?: string; type?: PostType; status?: 'draft' | 'published' }) => {
    const answer = await call('PATCH', `/posts/${postId}`, change);
    if (answer.status === 200) {
      accept(answer.body);
      Object.assign(intent, change);
    } else if (!(answer.status === 409 && problemOf(answer.body) === 'flagged-post')) {
      throw new Error(`${marker}: PATCH answered ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  };
  const removeAt = async (version: number): Promise<void> => {
    const answer = await call('DELETE', `/posts/${postId}`, undefined, { 'if-match': `"${version}"` });
    // The other device was quicker: this one would have to look again, and leaves it at that.
    if (answer.status === 412) return;
    if (answer.status !== 204 && !(answer.status === 404 && answer.uncertain))
      throw new Error(`${marker}: DELETE answered ${answer.status}`);
    intent.removed = true;
    record.accepted.push({
      ...{ marker, postId, version: undefined, content: undefined, type: undefined },
      removes: version,
    });
  };
  const editUnlessGone = async (newContent: string): Promise<void> => {
    const answer = await call('PATCH', `/posts/${postId}`, { content: newContent });
    if (answer.status === 404) return;
    if (answer.status !== 200) throw new Error(`${marker}: PATCH answered ${answer.status}`);
    accept(answer.body);
    intent.content = newContent;
  };
  for (const step of rest) {
    if (step.kind === 'edit and remove at once') {
      const { status, body } = await call('GET', `/posts/${postId}`);
      if (status !== 200) throw new Error(`${marker}: GET answered ${status}`);
      await Promise.all([removeAt(Post.parse(body).version), editUnlessGone(step.content)]);
    }
    if (step.kind === 'edit') await patch({ content: step.content });
    if (step.kind === 'publish') await patch({ status: 'published' });
    if (step.kind === 'unpublish') await patch({ status: 'draft' });
    if (step.kind === 'edit twice at once')
      await Promise.all([patch({ content: step.content }), patch({ type: step.type })]);
    if (step.kind === 'remove') {
      const answer = await call('DELETE', `/posts/${postId}`);
      // Gone already: an earlier try did it, though its answer was lost.
      if (answer.status !== 204 && !(answer.status === 404 && answer.uncertain))
        throw new Error(`${marker}: DELETE answered ${answer.status}`);
      intent.removed = true;
      record.accepted.push({ marker, postId, version: undefined, content: undefined, type: undefined });
    }
  }
};
