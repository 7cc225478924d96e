export interface JumpingClock {
  /** Moves the wall clock of this process ahead. */
  jump(ms: number): void;
  /** Gives the real clock and the real draws back. */
  stop(): void;
}

/**
 * Makes `Date.now` stand still but for its jumps, for all of this process; timers and `performance.now` go on as they are. Each session
 * token draws the whole of its refresh interval meanwhile, so that the moment of a refresh is known.
 */
export function startJumpingClock(): JumpingClock {
  const real = Date.now;
  const { random } = Math;
  let aheadMs = 0;
  const startMs = real();
  Date.now = () => startMs + aheadMs;
  Math.random = () => 0;
  return {
    jump(ms) {
      aheadMs += ms;
    },
    stop() {
      Date.now = real;
      Math.random = random;
    },
  };
}
