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
    testTimeout: 30_000,
    hookTimeout: 60_000,
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
