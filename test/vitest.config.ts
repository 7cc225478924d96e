import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BriefReporter } from './support/brief-reporter.ts';
import { ClosingLineReporter } from './support/closing-line-reporter.ts';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    reporters: [new BriefReporter(), new ClosingLineReporter()],
    // Two cores is what the smallest build machine has; more workers only make tests slower there.
    maxWorkers: 2,
    // For what hangs. A build machine that does other things at the same time is several times as slow as an idle one.
    testTimeout: 60_000,
    // Longer than `npm start` waits for its functions, which says more when it gives up.
    hookTimeout: 200_000,
    projects: [
      {
        extends: true,
        // Nothing is shared between files but modules: a process for each would cost half a second a file.
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['test/unit/**'],
          globalSetup: ['test/support/build-once.ts'],
          setupFiles: ['test/support/quiet-output.ts', 'test/support/check-wire-format.ts'],
          // The bundles are run by Node itself, as Lambda does.
          server: { deps: { external: [/\/dist\//] } },
        },
      },
    ],
  },
});
