/**
 * The value of an untagged scalar. Quoted ones are text; plain ones that look like a number, a boolean or nothing are
 * that, which is why `id: 123` is refused where `id: "123"` is accepted.
 */
export function guessScalar(source: string, isQuoted: boolean): string | number | boolean | null {
  if (isQuoted) return source;
  if (/^(?:~|null|)$/i.test(source)) return null;
  if (/^(?:true|yes|on)$/i.test(source)) return true;
  if (/^(?:false|no|off)$/i.test(source)) return false;
  const digits = source.replace(/[_,]/g, '');
  if (/^[-+]?(?:0|[1-9][\d_,]*)$/.test(source)) return Number(digits);
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  if (/^[-+]?0x[\da-f]+$/i.test(digits)) return Number.parseInt(digits, 16);
  return isFloat(source) ? Number(digits) : source;
}

const TIME =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[Tt]|\s+)(?<time>\d{2}:\d\d:\d\d)(?:\.\d*)?\s*(?<offset>Z|[-+]\d{2}(?::?\d{2})?)?$/;

/** The same value as text, in the form that Ruby gives it: annotations are kept so. */
export function toScalarText(source: string, isQuoted: boolean): string {
  const time = isQuoted ? undefined : TIME.exec(source)?.groups;
  if (time) return `${time.date} ${time.time} ${toOffset(time.offset)}`;
  const value = guessScalar(source, isQuoted);
  if (value === null) return '';
  return typeof value === 'number' && isFloat(source) && Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function isFloat(source: string): boolean {
  return /^[-+]?\d[\d_,]*\.\d+(?:e[-+]?\d+)?$/i.test(source);
}

function toOffset(given = 'Z'): string {
  return given === 'Z' ? '+0000' : given.replace(':', '').padEnd(5, '0');
}
