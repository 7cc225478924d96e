import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withoutMeanings } from '../../../../../infra/build/plugins/trim-options.ts';

const TABLES = ['lib/options.ts', 'functions/runtime/options.ts'];

it.each(TABLES)('%s keeps everything but what it says to people', (file) => {
  const source = readFileSync(new URL(`../../../../../${file}`, import.meta.url), 'utf8');
  const trimmed = withoutMeanings(source);
  const rows = source.match(/^ +meaning:/gm)?.length ?? 0;
  expect(rows).toBeGreaterThan(5);
  expect(trimmed.match(/^ +meaning: '',$/gm)?.length).toBe(rows);
  expect(trimmed.match(/^ +env: /gm)).toEqual(source.match(/^ +env: /gm));
  expect(trimmed.length).toBeLessThan(source.length * 0.9);
});

it('refuses a meaning that it cannot leave out', () => {
  expect(() => withoutMeanings('    meaning: WORDS,\n')).toThrow('1 meanings');
});
