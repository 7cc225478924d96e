import { UsageError } from '../cli/flags.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/**
 * A number that people write short.
 * @throws UsageError for anything else, and for what is not whole
 * @example parseCount('1.5M', '--reads') // 1500000
 */
export function parseCount(text: string, flag: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)([kmg]?)$/i.exec(text.trim()) ?? [];
  const count = digits === '' ? Number.NaN : Math.round(Number(digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN));
  if (count >= 1 && count <= 1e12) return count;
  throw new UsageError(`${flag} takes a number such as 250000, 500k or 1M, not "${text}".`);
}
