import { expect, it } from 'vitest';
import { backoffMs, parseRetryAfter } from '../../../../lib/http/retry-plan.ts';

const NOW_MS = Date.parse('2026-01-02T03:04:05Z');

it.each([
  ['0', 0],
  ['8', 8_000],
  [' 3 ', 3_000],
  ['Fri, 02 Jan 2026 03:04:07 GMT', 2_000],
  ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
  ['soon', undefined],
  ['Fri, soon', undefined],
  ['soon Fri, 02 Jan 2026 03:04:07 GMT', undefined],
  ['2026-01-02T03:04:07Z', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['2026', 2_026_000],
  ['', undefined],
  [undefined, undefined],
  [['1', '2'], undefined],
])('reads Retry-After %j as %j ms', (header, expected) => {
  expect(parseRetryAfter(header, NOW_MS)).toBe(expected);
});

it.each([
  [1, 0, 50],
  [2, 0, 100],
  [9, 0, 1_000],
  [1, 1, 501],
  [1, 3_000, 3_500],
  [9, 3_000, 4_000],
])(
  'the wait before attempt %i, after Retry-After of %i ms, is drawn around %i ms',
  (attempt, retryAfterMs, expected) => {
    expect(backoffMs(attempt, () => 0.5, retryAfterMs)).toBe(expected);
  },
);
