import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { onReconnect } from './live.ts';

/** What only a page of this start knows. */
export const token = document.querySelector<HTMLMetaElement>('meta[name="console-token"]')?.content ?? '';

const answerOf = async (response: Response) => {
  const body = await response.json();
  if (response.ok) return body;
  throw new Error(typeof body?.message === 'string' ? body.message : `the stack answered ${response.status}`);
};

/** Asks the stack. @throws Error with what it says when it refuses */
export const get = async <Answer>(path: string, signal?: AbortSignal): Promise<Answer> =>
  answerOf(await fetch(path, signal ? { signal } : {}));

/** Asks the stack for a change. @throws Error with what it says when it refuses */
export const change = async <Answer>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> =>
  answerOf(
    await fetch(path, {
      method,
      headers: { 'x-console-token': token, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );

/** What a route answered last. `error` says why the latest attempt failed; the data before it stay. */
export interface Asked<Answer> {
  data: Answer | undefined;
  error: string | undefined;
  ask: () => void;
}

/**
 * Asks a GET route, again whenever `path` changes or the stack is back, and every so many milliseconds if wanted (not while the tab is
 * hidden). Nothing is asked while `path` is undefined.
 */
export const useAsked = <Answer>(path: string | undefined, everyMilliseconds?: number): Asked<Answer> => {
  const [state, setState] = useState<{ path?: string | undefined; data?: Answer; error?: string }>({});
  const running = useRef<AbortController | undefined>(undefined);
  const ask = useCallback(() => {
    if (path === undefined) return;
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    get<Answer>(path, controller.signal).then(
      (data) => setState({ path, data }),
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        setState((before) => ({ ...(before.path === path ? before : { path }), error: message }));
      },
    );
  }, [path]);
  useEffect(() => {
    ask();
    const timer =
      everyMilliseconds === undefined
        ? undefined
        : setInterval(() => document.visibilityState === 'visible' && ask(), everyMilliseconds);
    const forget = onReconnect(ask);
    return () => {
      forget();
      clearInterval(timer);
      running.current?.abort();
    };
  }, [ask, everyMilliseconds]);
  const isCurrent = state.path === path;
  return { data: isCurrent ? state.data : undefined, error: isCurrent ? state.error : undefined, ask };
};
