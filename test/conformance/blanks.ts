/** What stands in a recording for a value that differs between two honest runs, and the form that value must have. */
const BLANKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  '<api-key>': (value) => typeof value === 'string' && /^[0-9a-z]{40,80}$/.test(value),
  '<token-part>': isTokenPart,
  '<base64 token>': (value) => typeof value === 'string' && isToken(value),
  '<time>': (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value),
  '<n>': (value) => Number.isInteger(value) && Number(value) > 0,
  '<1..8>': (value) => typeof value === 'string' && /^[1-8]$/.test(value),
};

/** Whether the recorded value is a placeholder. */
export function isBlank(recorded: unknown): recorded is string {
  return typeof recorded === 'string' && Object.hasOwn(BLANKS, recorded);
}

/** Whether a value has the form that a placeholder stands for. */
export function fitsBlank(blank: string, value: unknown): boolean {
  return BLANKS[blank]?.(value) ?? false;
}

function isTokenPart(value: unknown): boolean {
  return typeof value === 'string' && /^[\w+/-]+=*$/.test(value);
}

function isToken(text: string): boolean {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64').toString());
    return ['protected', 'payload', 'signature'].every((part) => isTokenPart(token[part]));
  } catch {
    return false;
  }
}
