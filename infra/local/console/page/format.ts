const STEPS: readonly (readonly [limit: number, seconds: number, unit: string])[] = [
  [60, 1, 's'],
  [3_600, 60, 'min'],
  [86_400, 3_600, 'h'],
  [Number.POSITIVE_INFINITY, 86_400, 'd'],
];

/** A time span in one unit, such as `42 s`, `5 min`, `3 h`, `12 d`. Below zero counts as zero: two clocks differ. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [, divisor, unit] = STEPS.find(([limit]) => seconds < limit) ?? [0, 86_400, 'd'];
  return `${Math.floor(seconds / divisor)} ${unit}`;
}

/** Time of day, such as `14:03:07`, of an ISO 8601 time. */
export function formatTime(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB');
}

/** Milliseconds as they are read in a log: `12 ms`, `1.3 s`. */
export function formatDuration(ms: unknown): string {
  if (typeof ms !== 'number') return '';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** The address of a secret in the console. */
export function toSecretHash(name: string): string {
  return `#/secrets/${encodeURIComponent(`name/${name}`)}`;
}

/** The path of a secret in the API. */
export function toSecretPath(name: string): string {
  return `/secrets/${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** The command that makes a call in a shell, each part quoted so that nothing in it is the shell's. */
export function toCurl(method: string, url: string, body?: string): string {
  const data = body === undefined ? '' : ` -H 'content-type: application/json' -d ${quote(body)}`;
  return `curl -s${method === 'GET' ? '' : ` -X ${method}`} ${quote(url)}${data}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
