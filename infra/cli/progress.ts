import { setTimeout as delay } from 'node:timers/promises';

/** How long a step may take before it is announced. */
const PATIENCE_MS = 2_000;

/**
 * Waits for a step, and says on stderr what it is where that takes more than two seconds. In a terminal the line counts the seconds and
 * goes away at the end.
 */
export async function showProgress<T>(what: string, step: Promise<T>): Promise<T> {
  const done = new AbortController();
  const shown = announce(what, done.signal);
  try {
    return await step;
  } finally {
    done.abort();
    await shown;
  }
}

async function announce(what: string, signal: AbortSignal): Promise<void> {
  const stream = process.stderr;
  const startedMs = performance.now();
  if (!(await waits(PATIENCE_MS, signal))) return;
  if (!stream.isTTY) {
    stream.write(`${what} …\n`);
    return;
  }
  do stream.write(`\r${what} … ${Math.round((performance.now() - startedMs) / 1000)} s`);
  while (await waits(1_000, signal));
  stream.write('\r\u001B[K');
}

/** @returns false where the step ended first */
async function waits(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal, ref: false });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
