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

/** The same value as text, in the form that Ruby gives it: annotations are kept so. */
export function toScalarText(source: string, isQuoted: boolean): string {
  const value = guessScalar(source, isQuoted);
  if (value === null) return '';
  return typeof value === 'number' && isFloat(source) && Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function isFloat(source: string): boolean {
  return /^[-+]?\d[\d_,]*\.\d+(?:e[-+]?\d+)?$/i.test(source);
}
