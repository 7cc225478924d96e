import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const docs = new URL('../../../docs/', import.meta.url);
const page = readFileSync(new URL('client.md', docs), 'utf8');
const table = /^## Beside the vendor's clients\n\n([\s\S]*?)\n\n/m.exec(page)?.[1] ?? '';
const rows = table
  .split('\n')
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, what = '', ours = '', ...others]) => ({ what, ours, others: others.filter((cell) => cell !== '') }));

describe("the comparison with the vendor's clients", () => {
  it('has all of them in every row', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ others }) => others.length !== 4)).toEqual([]);
  });

  it.each(rows)('what we say we can is the link of a test: $what', ({ ours }) => {
    if (ours === 'no') return;
    const [, target = ''] = /^\[[^\]]+\]\((\.\.\/test\/[\w./-]+\.test\.ts)\)$/.exec(ours) ?? [];
    expect(target).not.toBe('');
    expect(existsSync(new URL(target, docs))).toBe(true);
  });
});
