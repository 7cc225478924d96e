import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

export interface Coverage {
  /** Blocks of code that V8 tells apart, and those that ran. */
  readonly blocks: number;
  readonly reached: number;
  /** `functions/…/file.ts:12` of the beginning of each block that did not run. */
  readonly missed: readonly string[];
}

/**
 * Runs work and says which blocks of the sources it did not reach. Whether a fuzzer should be guided by coverage is a question of what
 * the one at hand misses: 8,000 mutated events reach all but what faults of a server, a full cache or six megabytes lead to, which no
 * guidance would find and other tests make.
 * @param isMeasured chooses the sources by their path from the root of the project
 */
export async function measureCoverage(
  work: () => Promise<void>,
  isMeasured: (path: string) => boolean,
): Promise<Coverage> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const root = new URL('../../', import.meta.url).href;
  const missed: string[] = [];
  let blocks = 0;
  for (const { url, functions } of result) {
    const path = url.startsWith(root) ? url.slice(root.length) : '';
    if (!isMeasured(path)) continue;
    const text = readFileSync(fileURLToPath(url), 'utf8');
    const ranges = functions.flatMap((each) => each.ranges);
    blocks += ranges.length;
    for (const { startOffset, count } of ranges) if (count === 0) missed.push(`${path}:${lineOf(text, startOffset)}`);
  }
  return { blocks, reached: blocks - missed.length, missed: [...new Set(missed)].sort() };
}

/** Type stripping leaves every character at its place, so that an offset in what runs is one in the source. */
function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
