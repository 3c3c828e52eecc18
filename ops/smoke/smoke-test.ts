import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SMOKE_TEST } from '#lib/events/smoke-test.ts';

const POLL_MILLISECONDS = 500;
const REQUEST_TIMEOUT_MILLISECONDS = 30_000;

/** The stages of a post, in order. */
export type Stage = 'write' | 'read' | 'search' | 'remove' | 'forget';

/** What to look at when a stage fails. */
const WHERE_TO_LOOK: Readonly<Record<Stage, string>> = {
  write: 'Check the function createPost, and that the token is issued for this API.',
  read: 'Check the function getPost and the Posts table.',
  search:
    'Check every step from table to index: the event source mapping, broadcaster, the topic, searchIndexing.',
  remove: 'Check the function deletePost, and remove the post by hand.',
  forget:
    'Check every step from table to index: the event source mapping, broadcaster, the topic, searchIndexing.',
};

/** The smoke test failed at `stage`; the message says what happened and where to look. */
export class StageFailed extends Error {
  override readonly name = 'StageFailed';
  readonly stage: Stage;

  constructor(stage: Stage, happened: string, correlationId: string) {
    super(`${happened}\n${WHERE_TO_LOOK[stage]}\nSearch the logs for its correlation id ${correlationId}.`);
    this.stage = stage;
  }
}

export interface SmokeTest {
  /** Of the API, without a path. */
  apiUrl: string;
  /** An access token; the post is written in its user's name. */
  token: string;
  /** How long search may take to find the post, and to forget it. */
  timeoutSeconds: number;
  /** Called for each stage that passed, with its duration. */
  onPassed: (stage: Stage, milliseconds: number) => void;
}

const Created = z.object({ postId: z.string() });
const Page = z.object({ items: z.array(z.object({ postId: z.string() })) });

/**
 * Sends one post through the whole service: writes it, reads it, waits until search finds it, removes it, and waits until search has
 * forgotten it. Every request carries a correlation id that begins with `smoke-test.`, by which subscribers and logs
 * can tell. The post is removed whichever stage fails.
 * @returns the correlation id
 * @throws {StageFailed} at the first stage that fails
 */
export const smokeTest = async ({ apiUrl, token, timeoutSeconds, onPassed }: SmokeTest): Promise<string> => {
  // A word that no other post has, to search for.
  const word = `smoketest${randomBytes(8).toString('hex')}`;
  const correlationId = `${SMOKE_TEST}${word}`;

  const failed = (stage: Stage, happened: string) => new StageFailed(stage, happened, correlationId);

  /** @throws {StageFailed} when the answer has another status than `expected` */
  const call = async (stage: Stage, expected: number, method: string, path: string, body?: unknown) => {
    const request = `${method} ${path}`;
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-correlation-id': correlationId,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS),
    }).catch((error: unknown) => {
      throw failed(stage, `${request} got no response: ${causeOf(error)}.`);
    });
    const text = await response.text();
    if (response.status !== expected) {
      throw failed(stage, `${request} answered ${response.status} instead of ${expected}: ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  };

  const pass = async <Result>(stage: Stage, run: () => Promise<Result>): Promise<Result> => {
    const started = performance.now();
    const result = await run().catch((error: unknown) => {
      throw error instanceof StageFailed
        ? error
        : failed(stage, `The response is invalid: ${causeOf(error)}.`);
    });
    onPassed(stage, Math.round(performance.now() - started));
    return result;
  };

  const untilSearch = async (stage: Stage, postId: string, isFound: boolean): Promise<void> => {
    const deadline = performance.now() + timeoutSeconds * 1_000;
    for (;;) {
      const { items } = Page.parse(await call(stage, 200, 'GET', `/posts/search?q=${word}`));
      if (items.some((item) => item.postId === postId) === isFound) return;
      if (performance.now() > deadline) {
        const found = isFound ? 'did not find the post' : 'still found the removed post';
        throw failed(stage, `After ${timeoutSeconds} s search ${found}.`);
      }
      await sleep(POLL_MILLISECONDS);
    }
  };

  const { postId } = await pass('write', async () =>
    Created.parse(
      await call('write', 201, 'POST', '/posts', {
        content: `Smoke test ${word}`,
        type: 'text',
        status: 'published',
      }),
    ),
  );
  const remove = () => call('remove', 204, 'DELETE', `/posts/${postId}`);
  try {
    await pass('read', () => call('read', 200, 'GET', `/posts/${postId}`));
    await pass('search', () => untilSearch('search', postId, true));
  } catch (error) {
    // The stage that failed first is the one to report.
    await remove().catch(() => undefined);
    throw error;
  }
  await pass('remove', remove);
  await pass('forget', () => untilSearch('forget', postId, false));
  return correlationId;
};

/** What `fetch` failed at: it says so in the cause. */
const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
