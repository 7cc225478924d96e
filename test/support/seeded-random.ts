import { createHash } from 'node:crypto';

/** Uniform in [0, 1), the same row of numbers for the same seed: the hash of the seed and of a counter. */
export function seededRandom(seed: number): () => number {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed}:${count}`).digest().readUInt32BE() / 2 ** 32;
  };
}
