/** Names of the comparisons, in the order in which they run. */
export const COMPARISON_NAMES = ['warm-read', 'loopback', 'write', 'batch', 'throughput', 'refresh', 'memory'] as const;

export type ComparisonName = (typeof COMPARISON_NAMES)[number];
