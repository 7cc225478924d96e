import type { RotateKeyProcess } from './process.ts';
import type { World } from './world.ts';

/** One rotation that is broken off and begun again. */
export interface Cell {
  /** One try, in one process. @throws where it failed or crashed */
  attempt(process: RotateKeyProcess): Promise<unknown>;
  /** What must be true whatever happened to the first try. @throws an assertion */
  checkAfterFirst?(): Promise<void>;
  /** What must be true after the second try, which nothing disturbed. @throws an assertion */
  checkAfterSecond(): Promise<void>;
}

/** A strategy in one of its ways of being used. */
export interface Scenario {
  readonly name: string;
  /** Settings beyond those of every world. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Makes the variables, hosts and secrets of the cells, which are named; no two share anything. */
  prepare(world: World, names: readonly string[]): Promise<Cell[]>;
}
