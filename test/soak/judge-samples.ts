import type { Sample } from './messages.ts';

/** Part of the time in which caches fill and pools open; what is measured then counts for nothing. */
const WARM_UP = 0.3;
/** Between the first and the last third of the rest. */
const MAX_MEMORY_GROWTH = 0.1;
const MAX_MEMORY_GROWTH_BYTES = 4 * 1024 * 1024;
/** More sockets or timers than a pool and its requests open and close by themselves. */
const MAX_RESOURCE_GROWTH = 24;

export interface Judgement {
  readonly memoryBefore: number;
  readonly memoryAfter: number;
  /** What has grown, in words; empty where nothing has. */
  readonly growth: readonly string[];
}

/**
 * Compares the first with the last third of the samples after the warm-up, by medians.
 * @throws RangeError for fewer than ten samples, of which nothing could be said
 */
export function judgeSamples(samples: readonly Sample[]): Judgement {
  if (samples.length < 10) throw new RangeError(`${samples.length} samples are too few to tell growth from noise.`);
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  const third = Math.floor(warm.length / 3);
  const [first, last] = [warm.slice(0, third), warm.slice(-third)];
  const memory = (some: readonly Sample[]): number => median(some.map(({ memoryBytes }) => memoryBytes));
  const [memoryBefore, memoryAfter] = [memory(first), memory(last)];
  const more = memoryAfter - memoryBefore;
  const growth: string[] = [];
  if (more > MAX_MEMORY_GROWTH_BYTES && more > memoryBefore * MAX_MEMORY_GROWTH) {
    growth.push(`memory grew from ${memoryBefore} to ${memoryAfter} bytes`);
  }
  for (const kind of new Set(warm.flatMap(({ resources }) => Object.keys(resources)))) {
    const count = (some: readonly Sample[]): number => median(some.map(({ resources }) => resources[kind] ?? 0));
    if (count(last) > count(first) + MAX_RESOURCE_GROWTH)
      growth.push(`${kind} grew from ${count(first)} to ${count(last)}`);
  }
  return { memoryBefore, memoryAfter, growth };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
