import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runNode } from '../support/run-node.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The version that `npm test` has is the default, 1.24. */
const SERVERS: readonly (readonly string[])[] = [
  ['--server-version', '1.21'],
  ['--server-version', '1.27'],
  ['--edition', 'saas'],
];

describe('the main job of a user, end to end', () => {
  it.each(SERVERS.map((server) => ({ server, name: server.join(' ') })))('passes with $name', async ({ server }) => {
    const { status, stdout } = await runNode(['test/e2e/run.ts', ...server, 'test/e2e/main-job.test.ts'], {
      cwd: ROOT,
    });
    expect(stdout).toMatch(/^[1-9]\d+ passed, 0 failed/m);
    expect(status).toBe(0);
  });
});
