import { UserError } from '../user-error.ts';

/** A running engine reached over HTTP. */
export interface Engine {
  /** For example `http://127.0.0.1:8000`. */
  endpoint: string;
  /** Resolves when the engine has ended, to how and with its last words. Never rejects. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** @param data where the engine keeps its data, which may be damaged; undefined when it keeps none */
export const notStarted = (name: string, words: string, data: string | undefined): Error =>
  data === undefined
    ? new Error(`${name} did not start: ${words}`)
    : new UserError(
        `${name} did not start on ${data}: ${words}\nIf its data are damaged, start with --fresh to forget all local data.`,
      );
