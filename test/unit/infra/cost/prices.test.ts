import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../infra/cli/flags.ts';
import { parseCount } from '../../../../infra/cost/parse-count.ts';
import { PRICED, readPriceTable, withPrices } from '../../../../infra/cost/prices.ts';

const table = readPriceTable();

describe('the table of prices', () => {
  it('has a date, and a price with its source for all that is paid for', () => {
    expect(table.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(Object.keys(table.prices).sort()).toEqual([...PRICED].sort());
    for (const { usd, per, unit, source } of Object.values(table.prices)) {
      expect(usd).toBeGreaterThan(0);
      expect(per).toBeGreaterThanOrEqual(1);
      expect(unit).not.toBe('');
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w-]+\/pricing\/$/);
    }
  });

  it("takes a user's own prices, and keeps the others", () => {
    const own = withPrices(table, '{"region":"eu-central-1","prices":{"logsIngested":0.63,"secrets":{"usd":0.5}}}');
    expect(own.region).toBe('eu-central-1');
    expect(own.date).toBe(table.date);
    expect(own.prices.logsIngested).toEqual({ ...table.prices.logsIngested, usd: 0.63 });
    expect(own.prices.secrets).toEqual({ ...table.prices.secrets, usd: 0.5 });
    expect(own.prices.kmsKeys).toEqual(table.prices.kmsKeys);
  });

  it.each([
    ['no JSON', 'not JSON'],
    ['[]', 'must be a JSON object'],
    ['{"price":{}}', '"price"'],
    ['{"prices":[]}', '"prices" must be a JSON object'],
    ['{"prices":{"logIngested":1}}', '"logIngested" is not priced'],
    ['{"prices":{"secrets":"0.4"}}', '"secrets" must be a JSON object'],
    ['{"prices":{"secrets":-1}}', 'a number of dollars'],
    ['{"prices":{"secrets":{"usd":null,"per":0}}}', 'above 0'],
    ['{"prices":{"secrets":{"usd":"free"}}}', 'a number of dollars'],
    ['{"currency":"EUR"}', 'USD'],
    ['{"date":1}', '"date" must be a text'],
  ])('refuses %s', (text, message) => {
    expect(() => withPrices(table, text)).toThrow(message);
  });
});

describe('a count', () => {
  it.each([
    ['250000', 250_000],
    ['500k', 500_000],
    ['1M', 1_000_000],
    ['1.5m', 1_500_000],
    ['2G', 2_000_000_000],
  ])('may be written %s', (text, count) => {
    expect(parseCount(text, '--reads')).toBe(count);
  });

  it.each(['', '0', '-1', '1MM', '1e6', '1,000', 'many', '2000G'])('is not %s', (text) => {
    expect(() => parseCount(text, '--reads')).toThrow(UsageError);
  });
});
