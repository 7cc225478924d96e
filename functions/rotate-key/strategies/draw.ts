/** Letters and digits: 62 characters, so that 32 of them hold 190 bits. */
export const LETTERS_AND_DIGITS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];

/** Draws characters; `randomInt` is unbiased, so that every one is as likely as any other. */
export function draw(alphabet: readonly string[], length: number, randomInt: (bound: number) => number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
