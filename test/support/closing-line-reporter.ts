import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output with `N passed, N failed`, which a build machine can read without knowing the test runner. */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    // A file that cannot be loaded and an error outside of a test are failures too, though no test is counted for them.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const skipped = count('skipped');
    const line = `${count('passed')} passed, ${count('failed') + broken} failed`;
    // After the other reporters' own summaries.
    process.once('exit', () => process.stdout.write(`\n${skipped === 0 ? line : `${line}, ${skipped} skipped`}\n`));
  }
}
