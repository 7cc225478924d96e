import { cpus, loadavg } from 'node:os';

/** What a reader of figures should know of where they were measured. */
export interface Machine {
  readonly node: string;
  readonly processors: number;
  readonly processor: string;
  /** Processes that wanted to run, over the last minute, when the run began: above 0.5 the machine had other work. */
  readonly load: string;
}

export function describeMachine(): Machine {
  const all = cpus();
  const [load = 0] = loadavg();
  return {
    node: process.version,
    processors: all.length,
    processor: all[0]?.model.trim() ?? 'unknown',
    load: load.toFixed(1),
  };
}
