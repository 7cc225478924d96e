import type { BenchContext } from '../clients/bench-context.ts';
import type { ConjurProcess } from './start-conjur-process.ts';

/** Added to every request, so that a read and an authentication take about as long as a real Conjur's: 18 and 17 ms. */
export const REAL_DELAY_MS = 15;

/** Measures at a Conjur that takes its time as a real one does, and ends it. */
export async function atRealPace<T>(
  { startConjur }: Pick<BenchContext, 'startConjur'>,
  measure: (conjur: ConjurProcess) => Promise<T>,
): Promise<T> {
  const conjur = await startConjur(REAL_DELAY_MS);
  try {
    return await measure(conjur);
  } finally {
    await conjur.close();
  }
}
