import { expect, it } from 'vitest';
import { isLitellmDuration, isNoTime } from '../../../../../../functions/contract/rotate-key.ts';

it.each(['30s', '30m', '24h', '7d', '2w', '1mo', '0s', '999999h'])('%s is a duration', (text) => {
  expect(isLitellmDuration(text)).toBe(true);
});

it.each(['', '24', 'h', '24 h', '1y', '-1h', '1.5h', '24hours', '24H', 'soon', '01h', '1000000h', '24h\n', '1h30m'])(
  '%j is none, though LiteLLM would take it for "revoke at once" or guess',
  (text) => {
    expect(isLitellmDuration(text)).toBe(false);
  },
);

it.each([
  ['0s', true],
  ['0mo', true],
  ['10s', false],
])('%s is no time: %s', (text, expected) => {
  expect(isNoTime(text)).toBe(expected);
});
