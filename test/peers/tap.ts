/** One check of a peer's program, as its line of TAP (https://testanything.org) tells it. */
export interface Check {
  /** Begins with the topic: `batch: values by name`. */
  readonly name: string;
  /** Absent where the check passed. */
  readonly reason?: string;
}

const LINE = /^(ok|not ok) \d+ - ([^:]+: .+)$/;

/**
 * Reads the output of a program that prints `ok N - topic: what`, `not ok N - topic: what: reason` and, at its end, `1..N`.
 * A program that ended early (no `1..N`, or another number of checks) has one more check that failed.
 */
export function parseTap(output: string): Check[] {
  const lines = output.split(/\r?\n/);
  const checks = lines.flatMap((line) => {
    const [, verdict, text = ''] = LINE.exec(line) ?? [];
    if (verdict === undefined) return [];
    return verdict === 'ok' ? [{ name: text }] : [toFailure(text)];
  });
  const plan = lines.map((line) => /^1\.\.(\d+)$/.exec(line)?.[1]).find((count) => count !== undefined);
  if (Number(plan) === checks.length) return checks;
  const reason = plan === undefined ? 'it did not get there' : `${plan} checks were announced, ${checks.length} told`;
  return [...checks, { name: 'the end of the program', reason }];
}

function toFailure(text: string): Check {
  const [topic = '', what = '', ...reason] = text.split(': ');
  return { name: `${topic}: ${what}`, reason: reason.join(': ') || 'no reason was given' };
}
