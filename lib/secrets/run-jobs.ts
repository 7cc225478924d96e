/** A piece of work that may find more of it. */
export type Job = (add: (job: Job) => void) => Promise<void>;

/**
 * Runs jobs, so many at a time. The first failure ends the run; what is under way then is awaited, so that nothing is left in flight.
 * @throws what the first job that failed threw
 */
export async function runJobs(jobs: readonly Job[], concurrency: number): Promise<void> {
  const queue = [...jobs];
  const failures: unknown[] = [];
  let idle: (() => void)[] = [];
  let running = 0;
  const wake = (): void => {
    const waiting = idle;
    idle = [];
    for (const resume of waiting) resume();
  };
  const add = (job: Job): void => {
    queue.push(job);
    wake();
  };
  const worker = async (): Promise<void> => {
    while (failures.length === 0) {
      const job = queue.shift();
      if (job !== undefined) {
        running += 1;
        await job(add).catch((error: unknown) => failures.push(error));
        running -= 1;
        if (running === 0) wake();
      } else if (running > 0) {
        await new Promise<void>((resume) => idle.push(resume));
      } else return;
    }
    wake();
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (failures.length > 0) throw failures[0];
}
