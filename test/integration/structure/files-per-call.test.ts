import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runNode } from '../../support/run-node.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** How many source files of `lib` and `functions` a call enters. A change that needs one more says here why. */
const LIMITS = { warmRead: 20, writeOfMissing: 26 };

it('a call passes through few source files, by the precise coverage of V8', async () => {
  const { stderr } = await runNode(['test/integration/structure/count-files.ts'], { cwd: root });
  const counted = JSON.parse(stderr.slice(stderr.lastIndexOf('{"warmRead"'))) as Record<keyof typeof LIMITS, string[]>;
  for (const call of ['warmRead', 'writeOfMissing'] as const) {
    expect(counted[call].length, counted[call].join('\n')).toBeLessThanOrEqual(LIMITS[call]);
    expect(counted[call]).toContain('lib/http/transport.ts');
  }
});
