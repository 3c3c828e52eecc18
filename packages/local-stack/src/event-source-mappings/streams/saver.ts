/**
 * Saves one changing value: one write at a time, and calls during a write share the next one.
 */
export interface Saver {
  /** Resolves when a write that began after this call has ended. */
  save(): Promise<void>;
}

/** A failed write is reported to `onError`; the next one includes what it would have written. */
export function createSaver(write: () => Promise<void>, onError: (error: unknown) => void): Saver {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  function start(): Promise<void> {
    running = write()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  return {
    save() {
      if (!running) return start();
      next ??= running.then(() => {
        next = undefined;
        return start();
      });
      return next;
    },
  };
}
