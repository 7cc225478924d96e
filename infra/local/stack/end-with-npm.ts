/** How soon this process notices that npm has gone: milliseconds. */
const INTERVAL_MS = 250;

/**
 * Calls back when the process that npm started this one in has gone. npm passes a SIGTERM on to the shell between them, which ends without
 * telling anybody: what runs here would go on, and keep its ports. Without npm nothing is watched: a shell that started this directly may
 * leave it behind on purpose (`nohup`).
 */
export function watchNpm(onGone: () => void, environment: NodeJS.ProcessEnv = process.env): void {
  if (environment.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && isRunning(parent)) return;
    clearInterval(timer);
    onGone();
  }, INTERVAL_MS);
  timer.unref();
}

/** Windows never changes the id of a parent that has ended. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is a process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
