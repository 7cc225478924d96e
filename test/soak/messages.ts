/** How the soaked process is doing: sent to its parent now and then. */
export interface Sample {
  readonly kind: 'sample';
  /** Milliseconds since the load began. */
  readonly atMs: number;
  /** Bytes that are really in use: heap after a collection, and buffers outside of it. */
  readonly memoryBytes: number;
  /** What keeps the process alive, by kind, as `process.getActiveResourcesInfo()` says. */
  readonly resources: Readonly<Record<string, number>>;
  /** Calls so far, by function and outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Something that must never happen. */
export interface Fault {
  readonly kind: 'fault';
  readonly what: string;
}

/** The load has ended, and all calls are answered. */
export interface Ended {
  readonly kind: 'ended';
}

export type SoakMessage = Sample | Fault | Ended;

/** What the parent tells the soaked process. */
export interface SoakOrder {
  readonly durationMs: number;
  readonly sampleEveryMs: number;
  readonly seed: number;
}
