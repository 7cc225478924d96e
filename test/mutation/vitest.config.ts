import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** The tests in which mutants are looked for; which files of them, and how long they may last, the runner says. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/unit/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/model/**/*.test.ts'],
    setupFiles: ['test/mutation/setup.ts', 'test/support/quiet-output.ts'],
    // It would keep the mutants of another run.
    fsModuleCache: false,
    maxWorkers: 1,
    fileParallelism: false,
    bail: 1,
    // The runner says in which order.
    sequence: {
      sequencer: class extends BaseSequencer {
        override sort = async <T>(files: T[]): Promise<T[]> => files;
      },
    },
  },
});
