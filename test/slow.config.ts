import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './support/closing-line-reporter.ts';

/** Tests that take minutes, or want what most machines lack. `npm test` leaves them out. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/slow/**/*.slow.ts', 'test/**/*.long.ts'],
    setupFiles: ['test/support/check-wire-format.ts'],
    reporters: ['default', new ClosingLineReporter()],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
  },
});
