import type { Extent } from './run-cell.ts';

/** What a letter of the table stands for. */
const OUTCOMES: Readonly<Record<string, string>> = {
  '+': 'ok',
  r: 'ok after retry',
  u: 'upstream_unavailable',
  e: 'upstream_error',
  p: 'partly: upstream_error',
  a: 'authentication_failed',
};

/**
 * Fault by operation. The first letter of a pair: only the first attempt meets the fault. The second: every attempt does.
 *
 * Why it has to be so:
 * - Connection errors, 429, 502, 503 and 504 are repeated where repeating is safe; so all but the rotation of an api key get through.
 * - A 500, a certificate of another host, an answer beyond all bounds and a token that is none are not repeated: they would not get better.
 * - A batch that fails for one name's sake is split, and each name gets its own error.
 * - A write whose answer was lost is looked for before it is repeated: where it took effect, that is the answer.
 * - An api key is rotated once: a lost answer is told as such.
 * - Answers without a body do not trickle, a wrong content type is of no use to anybody, and a token that the server itself calls
 *   invalid is dropped and fetched once more.
 */
const TABLE = `
                              read  batch  write  policy-load  authenticate  rotate  rotate-api-key
connection-refused            ru    ru     ru     ru           ru            ru      uu
reset-before-request          ru    ru     ru     ru           ru            ru      uu
reset-in-request              ru    ru     ru     ru           ru            ru      uu
reset-after-request           ru    ru     ++     ru           ru            +u      uu
answer-truncated              ru    ru     ++     ru           ru            +u      uu
slow-first-byte               ru    ru     ++     ru           ru            +u      uu
trickling-answer              ru    ru     ++     ru           ru            +u      uu
idle-socket-closed            ++    ++     ++     ++           ++            ++      ++
idle-socket-dead              ++    ++     ++     ++           ++            ++      ++
status-429                    ru    ru     ru     ru           ru            ru      uu
status-429-retry-after        ru    ru     ru     ru           ru            ru      uu
status-500                    ee    +p     ee     ee           ee            ee      ee
status-500-retry-after        ee    +p     ee     ee           ee            ee      ee
status-502                    ru    ru     ru     ru           ru            ru      uu
status-502-retry-after        ru    ru     ru     ru           ru            ru      uu
status-503                    ru    ru     ru     ru           ru            ru      uu
status-503-retry-after        ru    ru     ru     ru           ru            ru      uu
status-502-after-effect       ru    ru     ++     ru           ru            +u      uu
wrong-content-type            ++    ++     ++     ++           ++            ++      ++
huge-answer                   ee    +p     ee     ee           ee            ee      ee
token-invalid-json            ee    ee     ee     ee           ee            ee      ee
token-expired                 +a    +a     +a     +a           +a            +a      +a
token-absurd-expiry           ee    ee     ee     ee           ee            ee      ee
tls-of-another-host           uu    uu     uu     uu           uu            uu      uu
`;

export interface Expectation {
  readonly fault: string;
  readonly operation: string;
  readonly extent: Extent;
  readonly outcome: string;
}

/** The table, cell by cell. */
export const EXPECTATIONS: readonly Expectation[] = parseTable(TABLE);

function parseTable(text: string): Expectation[] {
  const [header = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));
  return rows.flatMap(([fault = '', ...pairs]) =>
    pairs.flatMap((pair, column) =>
      (['once', 'always'] as const).map((extent, index) => ({
        fault,
        operation: (header[column] as string).replaceAll('-', ' '),
        extent,
        outcome: OUTCOMES[pair[index] as string] as string,
      })),
    ),
  );
}

/** A success that needed no retry is as good as one that a busy machine made a retry of; all else must be as it stands. */
export function isAsExpected(expected: string, outcome: string): boolean {
  return outcome === expected || (expected === 'ok' && outcome === 'ok after retry');
}
