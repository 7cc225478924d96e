const BASE_MS = 100;
const CAP_MS = 2_000;
/** `Retry-After` counts in whole seconds: clients that were told the same one are spread over a second. */
const RETRY_AFTER_GRAIN_MS = 1_000;

/**
 * Full jitter: a uniformly random wait below an exponentially growing bound, so that clients that failed together do not come back
 * together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param attempt 1 after the first attempt
 * @param retryAfterMs what the server asked for: waited in full, with the jitter on top
 */
export function backoffMs(attempt: number, random: () => number, retryAfterMs = 0): number {
  const boundMs = Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
  return retryAfterMs + random() * (retryAfterMs > 0 ? Math.max(boundMs, RETRY_AFTER_GRAIN_MS) : boundMs);
}
