export interface JumpingClock {
  /** Moves the wall clock of this process ahead. */
  jump(ms: number): void;
  /** Gives the real clock back. */
  stop(): void;
}

/** Makes `Date.now` stand still but for its jumps, for all of this process; timers and `performance.now` go on as they are. */
export function startJumpingClock(): JumpingClock {
  const real = Date.now;
  let aheadMs = 0;
  const startMs = real();
  Date.now = () => startMs + aheadMs;
  return {
    jump(ms) {
      aheadMs += ms;
    },
    stop() {
      Date.now = real;
    },
  };
}
