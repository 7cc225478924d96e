import { styleText } from 'node:util';
import type { CheckResult } from './check.ts';

const MARKS = { ok: 'ok     ', failed: 'FAILED ', skipped: '-      ' } as const;
const COLOURS = { ok: 'green', failed: 'red', skipped: 'gray' } as const;

/** A check for the terminal: one line, below it the curl command and, where it failed, what to do. Coloured where stdout is a terminal. */
export function formatResult(result: CheckResult): string {
  const mark = styleText(COLOURS[result.status], MARKS[result.status], { stream: process.stdout });
  return [
    `${mark} ${result.name.padEnd(15)} ${result.message}`,
    ...(result.advice === undefined ? [] : [`${' '.repeat(8)}what to do:     ${result.advice}`]),
    ...(result.curl === undefined ? [] : [`${' '.repeat(8)}by hand:        ${result.curl}`]),
  ].join('\n');
}

/** The last line: how many checks passed, and which failed. */
export function formatSummary(results: readonly CheckResult[]): string {
  const failed = results.filter(({ status }) => status === 'failed').map(({ name }) => name);
  const skipped = results.filter(({ status }) => status === 'skipped').length;
  const passed = results.length - failed.length - skipped;
  const counts = `${passed} passed, ${failed.length} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
  if (failed.length > 0)
    return styleText('red', `${counts}: mend ${failed.join(', ')} first.`, { stream: process.stdout });
  return styleText('green', `${counts}: the functions can work with these settings.`, { stream: process.stdout });
}
