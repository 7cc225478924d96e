import { expect, it } from 'vitest';
import { parseRetryAfter } from '../../../../lib/http/retry-plan.ts';

const NOW_MS = Date.parse('2026-01-02T03:04:05Z');

it.each([
  ['0', 0],
  ['8', 8_000],
  [' 3 ', 3_000],
  ['Fri, 02 Jan 2026 03:04:07 GMT', 2_000],
  ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['2026', 2_026_000],
  ['', undefined],
  [undefined, undefined],
  [['1', '2'], undefined],
])('reads Retry-After %j as %j ms', (header, expected) => {
  expect(parseRetryAfter(header, NOW_MS)).toBe(expected);
});
