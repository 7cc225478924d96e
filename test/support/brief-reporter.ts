import type { UserConsoleLog } from 'vitest';
import type { TestModule } from 'vitest/node';
import { DefaultReporter } from 'vitest/node';

/** Between two lines of progress where there is no terminal: milliseconds. */
const INTERVAL_MS = 30_000;

const NOT_RUN = /\bNOT RUN\b/;

/**
 * Prints failures with all that their tests wrote, and of what passes only how far the run is, a line every half minute or a summary that is
 * renewed in place in a terminal, and what was `NOT RUN`.
 */
export class BriefReporter extends DefaultReporter {
  readonly #startedMs = Date.now();
  #files = 0;
  #done = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    super({ summary: process.stdout.isTTY === true, silent: 'passed-only' });
  }

  override onTestRunStart(specifications: Parameters<DefaultReporter['onTestRunStart']>[0]): void {
    super.onTestRunStart(specifications);
    this.#files = specifications.length;
    if (process.stdout.isTTY !== true) this.#timer = setInterval(() => this.#tell(), INTERVAL_MS).unref();
  }

  override onTestModuleEnd(testModule: TestModule): void {
    this.#done += 1;
    super.onTestModuleEnd(testModule);
  }

  override onTestRunEnd(...args: Parameters<DefaultReporter['onTestRunEnd']>): void {
    clearInterval(this.#timer);
    super.onTestRunEnd(...args);
  }

  /** What could not be tried on this machine is said, whether or not anything fails. */
  override onUserConsoleLog(log: UserConsoleLog, state?: Parameters<DefaultReporter['onUserConsoleLog']>[1]): void {
    if (NOT_RUN.test(log.content)) process.stdout.write(log.content);
    else super.onUserConsoleLog(log, state);
  }

  protected override printTestModule(testModule: TestModule): void {
    if (testModule.state() === 'failed') super.printTestModule(testModule);
  }

  #tell(): void {
    const seconds = Math.round((Date.now() - this.#startedMs) / 1_000);
    process.stdout.write(`${seconds} s: ${this.#done} of ${this.#files} test files …\n`);
  }
}
