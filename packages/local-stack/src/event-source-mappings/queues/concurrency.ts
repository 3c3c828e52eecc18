import type { Clock } from '../../clock.ts';

/** Batches that an active queue is given from the start. */
const base = 5;
/** 300 more a minute while messages keep waiting. */
const rampMs = 60_000 / 300;
/** An event source mapping processes at most this many batches at a time. */
const ceiling = 1000;

/**
 * How many batches of a queue may be worked off at a time.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export interface Concurrency {
  limit(): number;
  /** Whether one more poller may start; when only the ramp forbids it, `more` is called once it allows it. */
  admits(pollers: number): boolean;
  /** The queue is empty: back to the base. */
  calm(): void;
  /** Errors and throttles reduce the concurrency step by step; successes restore it. */
  backOff(): void;
  recover(): void;
}

export function createConcurrency(
  clock: Clock,
  maximum: number | undefined,
  more: () => void,
  stop: AbortSignal,
): Concurrency {
  const most = Math.min(maximum ?? ceiling, ceiling);
  const normal = Math.min(base, most);
  let limit = normal;
  let ramping = false;

  async function ramp(): Promise<void> {
    ramping = true;
    await clock.sleep(rampMs, stop);
    ramping = false;
    // Only successes restore the concurrency that errors or throttles reduced.
    if (limit >= normal) limit = Math.min(most, limit + 1);
    more();
  }

  return {
    limit: () => limit,
    admits(pollers) {
      if (pollers < limit) return true;
      if (limit >= normal && limit < most && !ramping) void ramp();
      return false;
    },
    calm() {
      limit = normal;
    },
    backOff() {
      limit = Math.max(1, limit - 1);
    },
    recover() {
      if (limit < normal) limit += 1;
    },
  };
}
