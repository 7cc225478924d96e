import type { CheckResult } from './check.ts';

const MARKS = { ok: 'ok     ', failed: 'FAILED ', skipped: '-      ' } as const;

/** A check for the terminal: one line, below it the curl command and, where it failed, what to do. */
export function formatResult(result: CheckResult): string {
  return [
    `${MARKS[result.status]} ${result.name.padEnd(15)} ${result.message}`,
    ...(result.advice === undefined ? [] : [`${' '.repeat(8)}what to do:     ${result.advice}`]),
    ...(result.curl === undefined ? [] : [`${' '.repeat(8)}by hand:        ${result.curl}`]),
  ].join('\n');
}
