import type { Throttling } from './definition.ts';

/**
 * A token bucket, full at first.
 * @returns a function of the time in milliseconds: whether a request at that time may pass
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export function createTokenBucket({ burst, rate }: Throttling): (now: number) => boolean {
  let tokens = burst;
  let last: number | undefined;
  return (now) => {
    tokens = Math.min(burst, tokens + (Math.max(0, now - (last ?? now)) / 1000) * rate);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
