import type { Subject } from './subjects.ts';
import type { ColdStart, ColdStarter } from './time-cold-start.ts';

/** Each start, by the name of what was started. */
export type ColdStarts = ReadonlyMap<string, readonly ColdStart[]>;

/**
 * Starts everything in turn, round after round, so that whatever slows the machine down for a while slows all of them down. The first
 * round is not counted: it brings the files into the system's cache.
 */
export async function measureColdStarts(
  starter: ColdStarter,
  subjects: readonly Subject[],
  environment: Readonly<Record<string, string>>,
  rounds: number,
): Promise<ColdStarts> {
  const starts = new Map(subjects.map(({ name }) => [name, [] as ColdStart[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, directory } of subjects) {
      const start = await starter.time(directory, environment);
      if (round > 0) starts.get(name)?.push(start);
    }
  }
  return starts;
}
