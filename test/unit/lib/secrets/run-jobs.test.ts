import { describe, expect, it } from 'vitest';
import { type Job, runJobs } from '../../../../lib/secrets/run-jobs.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('running jobs', () => {
  it('runs all of them, so many at a time', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const job: Job = async () => {
      most = Math.max(most, ++running);
      await turn();
      running -= 1;
      done += 1;
    };
    await runJobs(
      Array.from({ length: 20 }, () => job),
      4,
    );
    expect([done, most]).toEqual([20, 4]);
  });

  it('runs what the jobs add, on workers that were idle already', async () => {
    let running = 0;
    let most = 0;
    const seen: string[] = [];
    const split =
      (name: string): Job =>
      async (add) => {
        most = Math.max(most, ++running);
        await turn();
        seen.push(name);
        if (name.length < 4) for (const half of ['0', '1']) add(split(name + half));
        running -= 1;
      };
    await runJobs([split('')], 3);
    expect(seen).toHaveLength(31);
    expect(most).toBe(3);
  });

  it('ends with the first failure, after what is under way, and begins nothing more', async () => {
    const ended: string[] = [];
    const slow: Job = async () => {
      await turn();
      await turn();
      ended.push('slow');
    };
    const bad: Job = async () => {
      throw new Error('bad');
    };
    const late: Job = async () => {
      ended.push('late');
    };
    await expect(runJobs([slow, bad, late], 2)).rejects.toThrow('bad');
    expect(ended).toEqual(['slow']);
  });

  it('is done at once with nothing to do', async () => {
    await runJobs([], 4);
  });
});
