/**
 * Waiting times between tries of one batch: they double from `firstMs` up to `maximumMs`. AWS documents that
 * they grow, not how fast; the figures here suit a machine on which someone is watching.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export interface Backoff {
  readonly firstMs: number;
  readonly maximumMs: number;
}

export const defaultBackoff: Backoff = { firstMs: 250, maximumMs: 30_000 };

/** Milliseconds to wait before the try that follows `failures` (1 or more) failed ones. */
export function backoffDelay({ firstMs, maximumMs }: Backoff, failures: number): number {
  return Math.min(maximumMs, firstMs * 2 ** Math.min(failures - 1, 30));
}
