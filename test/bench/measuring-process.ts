import type { BenchContext } from './clients/bench-context.ts';
import { prepareVariables } from './clients/prepare-variables.ts';
import type { ComparisonName } from './comparison-names.ts';
import { compareBatch } from './comparisons/batch.ts';
import { compareMemory } from './comparisons/memory.ts';
import { compareRefresh } from './comparisons/refresh.ts';
import { measureThroughput } from './comparisons/throughput.ts';
import { compareLoopback, compareWarmRead } from './comparisons/warm-read.ts';
import { compareWrite } from './comparisons/write.ts';
import type { Result } from './report/result.ts';
import { type ConjurProcess, startConjurProcess } from './server/start-conjur-process.ts';

// A process of its own: its standard output is the functions' log, which goes where no table is.

export const COMPARISONS = {
  'warm-read': compareWarmRead,
  loopback: compareLoopback,
  write: compareWrite,
  batch: compareBatch,
  throughput: measureThroughput,
  refresh: compareRefresh,
  memory: compareMemory,
} as const satisfies Record<ComparisonName, (context: BenchContext) => Promise<Result>>;

/** What the process is asked, as its one argument, in JSON. */
export interface Order {
  readonly comparisons: readonly ComparisonName[];
  /** 1 for a full run. */
  readonly scale: number;
}

export type FromMeasuring = { readonly began: ComparisonName } | { readonly result: Result };

if (import.meta.main) await measure(JSON.parse(process.argv[2] ?? '{}') as Order);

async function measure(order: Order): Promise<void> {
  const conjur = await startPrepared(0);
  try {
    const scale = (count: number): number => Math.max(1, Math.round(count * order.scale));
    for (const name of order.comparisons) {
      tell({ began: name });
      tell({ result: await COMPARISONS[name]({ conjur, startConjur: startPrepared, scale }) });
    }
  } finally {
    await conjur.close();
  }
  process.disconnect?.();
}

async function startPrepared(delayMs: number): Promise<ConjurProcess> {
  const conjur = await startConjurProcess(delayMs);
  await prepareVariables(conjur);
  return conjur;
}

function tell(message: FromMeasuring): void {
  process.send?.(message);
}
