import { appendFileSync } from 'node:fs';
import { afterAll, expect, inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The mutant that is alive; 0 for none. */
    readonly mutant: number;
    /** Where each test file writes which mutants it reached; empty where nobody asks. */
    readonly reachedFile: string;
  }
}

/** A mutated loop that does not end is ended here: as a failure of the test, which has so noticed it. */
const MOST_TURNS = 200_000;

const alive = inject('mutant');
const reachedFile = inject('reachedFile');
const reached = new Set<number>();
let turns = 0;

Object.assign(globalThis, {
  __mutant(id: number): boolean {
    if (reachedFile !== '') reached.add(id);
    if (id !== alive) return false;
    turns += 1;
    if (turns > MOST_TURNS) throw new Error('A mutant does not end.');
    return true;
  },
});

afterAll(() => {
  if (reachedFile !== '')
    appendFileSync(reachedFile, `${JSON.stringify({ file: expect.getState().testPath, reached: [...reached] })}\n`);
});
