import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../package/run-command.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Runs lines of a build script the way `.ci/run` does. */
async function runSuites(...lines: string[]): Promise<{ readonly status: number | null; readonly output: string[] }> {
  const script = ['set -euo pipefail', 'source .ci/suites.sh', ...lines, 'total'].join('\n');
  const { status, stdout } = await runCommand('bash', ['-c', script], { cwd: ROOT });
  return { status, output: stdout.trimEnd().split('\n') };
}

describe('the suites of a build', () => {
  it('add up on the last line', async () => {
    const { status, output } = await runSuites(
      'run_suite echo "12 passed, 0 failed"',
      'run_suite echo "30 passed, 0 failed, 2 skipped"',
    );
    expect(status).toBe(0);
    expect(output.at(-1)).toBe('42 passed, 0 failed, 2 skipped');
  });

  it('go on after one that failed, and the build fails', async () => {
    const { status, output } = await runSuites(
      `run_suite bash -c 'echo "1 passed, 3 failed"; exit 1'`,
      'run_suite echo "5 passed, 0 failed"',
    );
    expect(status).toBe(1);
    expect(output.at(-1)).toBe('6 passed, 3 failed');
  });

  it.each([
    ['ends badly before it counted', 'run_suite bash -c "exit 7"', '0 passed, 1 failed'],
    ['ends badly after all passed', `run_suite bash -c 'echo "4 passed, 0 failed"; exit 2'`, '4 passed, 1 failed'],
    ['is not there', 'run_suite no-such-program', '0 passed, 1 failed'],
    ['counts nothing', 'run_suite echo done', '0 passed, 1 failed'],
    ['runs no test', 'run_suite echo "0 passed, 0 failed"', '0 passed, 1 failed'],
  ])('count one that %s as failed', async (_what, suite, total) => {
    const { status, output } = await runSuites(suite);
    expect(status).toBe(1);
    expect(output.at(-1)).toBe(total);
  });

  it('count the last line of a suite that prints several', async () => {
    const { output } = await runSuites(`run_suite printf '1 passed, 0 failed\\n9 passed, 0 failed\\n'`);
    expect(output.at(-1)).toBe('9 passed, 0 failed');
  });

  it('are no failure where the machine could run none of a suite, and the suite says why', async () => {
    const { status, output } = await runSuites(
      'run_suite echo "1 passed, 0 failed"',
      `run_suite printf 'DID NOT RUN: Go: no go here\\n0 passed, 0 failed\\n'`,
    );
    expect(status).toBe(0);
    expect(output).toContain('DID NOT RUN: Go: no go here');
    expect(output.at(-1)).toBe('1 passed, 0 failed');
  });

  it('are named with the reason where they did not run', async () => {
    const { status, output } = await runSuites(
      'run_suite echo "1 passed, 0 failed"',
      'if has no-such-program; then run_suite false; else leave_out "npm run x" "no no-such-program here"; fi',
    );
    expect(status).toBe(0);
    expect(output).toContain('npm run x: DID NOT RUN: no no-such-program here');
    expect(output.at(-1)).toBe('1 passed, 0 failed');
  });
});
