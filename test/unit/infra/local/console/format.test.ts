import { expect, it } from 'vitest';
import { formatDuration, formatSpan, toCurl, toSecretPath } from '../../../../../infra/local/console/page/format.ts';

it.each([
  [-5_000, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [86_399_999, '23 h'],
  [86_400_000, '1 d'],
  [400 * 86_400_000, '400 d'],
])('a span of %i ms is %s', (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});

it.each([
  [12.4, '12 ms'],
  [1_340, '1.3 s'],
  [undefined, ''],
])('a duration of %j is %j', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it('a path keeps the slashes of a name, and nothing else of it that means something', () => {
  expect(toSecretPath('app/a b/ä?#%')).toBe('/secrets/app/a%20b/%C3%A4%3F%23%25');
});

it('a command has nothing in it that the shell takes for its own', () => {
  expect(toCurl('GET', 'http://127.0.0.1:3000/secrets')).toBe("curl -s 'http://127.0.0.1:3000/secrets'");
  expect(toCurl('PUT', 'http://h/secrets/a', `{"value":"it's $HOME"}`)).toBe(
    `curl -s -X PUT 'http://h/secrets/a' -H 'content-type: application/json' -d '{"value":"it'\\''s $HOME"}'`,
  );
});
