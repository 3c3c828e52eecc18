const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies NodeJS.Signals[];

/**
 * Runs `work` so that a signal to this process (Ctrl-C, SIGTERM, a closed terminal) does not cut it off: it is told by
 * its `AbortSignal`, tidies up, and then this process ends as the signal would have ended it.
 */
export const interruptible = async <Result>(
  work: (interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const interruption = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => interruption.abort(signal);
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    if (interruption.signal.aborted) {
      process.kill(process.pid, interruption.signal.reason);
      // Whoever waits for the outcome would take the interruption for a failure.
      await new Promise(() => {});
    }
  }
};

/** Rejects with the signal's reason when it is aborted before `work` is done. */
export const unlessAborted = <Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
