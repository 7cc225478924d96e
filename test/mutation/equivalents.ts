import type { Mutant } from './instrument.ts';

/** A mutant that no test can notice, since the program does the same with it. */
export interface Equivalent {
  readonly file: string;
  readonly operator: string;
  /** The code as it stands, white space aside. */
  readonly original: string;
  readonly reason: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [];

/** Why a mutant changes nothing; undefined where nobody has said so. */
export function reasonFor({ file, operator, original }: Mutant): string | undefined {
  const text = original.replace(/\s+/g, ' ');
  return EQUIVALENTS.find((one) => one.file === file && one.operator === operator && one.original === text)?.reason;
}
