import type { Verdict } from '../checker/check.ts';
import type { MixName } from '../mix.ts';

/** What a run is made of. The same seed writes the same posts and decides faults alike, as far as concurrency lets it. */
export interface ChaosOptions {
  /** The service: this one, or a copy of it, for example with a guard taken out. */
  serviceDirectory: string;
  seed: number;
  mix: MixName;
  /** How many posts are written; each makes somewhat more than two changes. */
  posts: number;
  /** Share of the posts that are written through the HTTP API, the others straight into the table. Default 0.3. */
  throughApi?: number;
  /** The functions' longest timeout. Default 5. */
  maxTimeoutSeconds?: number;
  /** Serverless parameters. By default the API's limits are out of the way, and few batches are under way; with none, a build may be there already. */
  parameters?: Readonly<Record<string, string>>;
  /** How often clients of the API try a request that gets no answer, hardly more than once a second. Default 200. */
  maxAttempts?: number;
  /** How long the run may take to come to rest after the faults. Default 120. */
  restWithinSeconds?: number;
  /** Keeps what a run that was not clean left on disk, and tells where. */
  keepData?: boolean;
  /** Progress, for people. */
  tell?: (line: string) => void;
}

/** What a run came to. Clean means: no violations, and no failure. */
export interface Report extends Verdict {
  seed: number;
  mix: MixName;
  posts: number;
  /** Changes of the posts table, those of moderation among them. */
  changes: number;
  /** Changes that the service accepted from clients. */
  accepted: number;
  /** Requests that clients made again. */
  retries: number;
  /** Faults that were done, by kind. */
  faults: Record<string, number>;
  kills: number;
  /** What waited for an operator when the stack had come to rest, and after the redrive. */
  waiting: { parked: number; givenUp: number; deadLetters: number; afterRedrive: number; expired: number };
  seconds: {
    traffic: number;
    /** From the end of the faults until nothing was under way any more. */
    recovery: number;
    total: number;
  };
  /** Why the run could not come to its end: clients that got no answer, a stack that found no rest. */
  failure: string | undefined;
}
