import { type Cursor, type Mark, YamlFault } from './cursor.ts';

const WORD = /[\w-]/;
const URI = /[\w\-;/?:@&=+$.!~*'()]/;

/** Passes an anchor or an alias. */
export function scanAnchor(cursor: Cursor): void {
  const start = cursor.mark();
  const what = cursor.peek() === '&' ? 'an anchor' : 'an alias';
  cursor.skip();
  const length = cursor.skipWhile(WORD);
  const isEnded = cursor.isBlank() || '?:,]}%@`'.includes(cursor.peek());
  if (length === 0 || !isEnded) {
    throw new YamlFault('did not find expected alphabetic or numeric character', `while scanning ${what}`, start);
  }
}

/** Passes a tag. Its handle: `!`, `!!`, `!name!`, or empty where the tag is written out. */
export function scanTag(cursor: Cursor, isInFlow: boolean): string {
  const start = cursor.mark();
  const fail = (problem: string) => new YamlFault(problem, 'while scanning a tag', start);
  let handle = '';
  if (cursor.peek(1) === '<') {
    cursor.skip(2);
    scanUri(cursor, start, { isVerbatim: true, isStarted: false });
    if (cursor.peek() !== '>') throw fail("did not find the expected '>'");
    cursor.skip();
  } else {
    const found = scanHandle(cursor, start, 'while scanning a tag');
    const isNamed = found.length > 1 && found.endsWith('!');
    // What looked like a handle and is none is the beginning of the tag.
    scanUri(cursor, start, { isVerbatim: false, isStarted: !isNamed });
    handle = isNamed ? found : '!';
  }
  if (!cursor.isBlank() && !(isInFlow && cursor.peek() === ',')) {
    throw fail('did not find expected whitespace or line break');
  }
  return handle;
}

function scanHandle(cursor: Cursor, start: Mark, context: string): string {
  if (cursor.peek() !== '!') throw new YamlFault("did not find expected '!'", context, start);
  let handle = '!';
  cursor.skip();
  while (WORD.test(cursor.peek())) {
    handle += cursor.peek();
    cursor.skip();
  }
  if (cursor.peek() !== '!') return handle;
  cursor.skip();
  return `${handle}!`;
}

interface UriForm {
  /** Written out between `<` and `>` or in a directive: more characters are allowed. */
  readonly isVerbatim: boolean;
  readonly isStarted: boolean;
}

function scanUri(cursor: Cursor, start: Mark, form: UriForm, context = 'while parsing a tag'): void {
  let length = form.isStarted ? 1 : 0;
  for (;;) {
    const character = cursor.peek();
    if (character === '%') scanOctet(cursor, start, context);
    else if (URI.test(character) || (form.isVerbatim && ',[]'.includes(character) && character !== '')) cursor.skip();
    else break;
    length += 1;
  }
  if (length === 0) throw new YamlFault('did not find expected tag URI', context, start);
}

/** One character as `%XX`, in UTF-8. */
function scanOctet(cursor: Cursor, start: Mark, context: string): void {
  let left = 0;
  do {
    const code = cursor.peek(1) + cursor.peek(2);
    if (cursor.peek() !== '%' || !/^[\da-f]{2}$/i.test(code)) {
      throw new YamlFault('did not find URI escaped octet', context, start);
    }
    const octet = Number.parseInt(code, 16);
    if (left === 0) left = toWidth(octet);
    else if ((octet & 0xc0) !== 0x80) {
      throw new YamlFault('found an incorrect trailing UTF-8 octet', context, start);
    }
    if (left === 0) throw new YamlFault('found an incorrect leading UTF-8 octet', context, start);
    cursor.skip(3);
    left -= 1;
  } while (left > 0);
}

function toWidth(octet: number): number {
  if ((octet & 0x80) === 0) return 1;
  if ((octet & 0xe0) === 0xc0) return 2;
  if ((octet & 0xf0) === 0xe0) return 3;
  return (octet & 0xf8) === 0xf0 ? 4 : 0;
}

/** A line that begins with `%`. */
export type Directive =
  | { readonly name: 'YAML'; readonly version: string }
  | { readonly name: 'TAG'; readonly handle: string };

/** Passes a directive. */
export function scanDirective(cursor: Cursor): Directive {
  const start = cursor.mark();
  const fail = (problem: string, what = 'a directive') => new YamlFault(problem, `while scanning ${what}`, start);
  cursor.skip();
  const name = scanDirectiveName(cursor, fail);
  let directive: Directive;
  if (name === 'YAML')
    directive = { name, version: scanVersion(cursor, (problem) => fail(problem, 'a %YAML directive')) };
  else if (name === 'TAG') directive = { name, handle: scanTagDirective(cursor, start) };
  else throw fail('found unknown directive name');
  cursor.skipWhile(/[ \t]/);
  if (cursor.peek() === '#') cursor.skipToBreak();
  if (!cursor.isBreakOrEnd()) throw fail('did not find expected comment or line break');
  cursor.skipLine();
  return directive;
}

function scanDirectiveName(cursor: Cursor, fail: (problem: string) => YamlFault): string {
  let name = '';
  for (; WORD.test(cursor.peek()); cursor.skip()) name += cursor.peek();
  if (name === '') throw fail('could not find expected directive name');
  if (!cursor.isBlank()) throw fail('found unexpected non-alphabetical character');
  return name;
}

function scanVersion(cursor: Cursor, fail: (problem: string) => YamlFault): string {
  cursor.skipWhile(/[ \t]/);
  const number = () => {
    let digits = '';
    for (; /\d/.test(cursor.peek()); cursor.skip()) digits += cursor.peek();
    if (digits.length > 9) throw fail('found extremely long version number');
    if (digits === '') throw fail('did not find expected version number');
    return Number(digits);
  };
  const major = number();
  if (cursor.peek() !== '.') throw fail("did not find expected digit or '.' character");
  cursor.skip();
  return `${major}.${number()}`;
}

function scanTagDirective(cursor: Cursor, start: Mark): string {
  const fail = (problem: string) => new YamlFault(problem, 'while scanning a %TAG directive', start);
  cursor.skipWhile(/[ \t]/);
  const handle = scanHandle(cursor, start, 'while scanning a tag directive');
  if (!handle.endsWith('!')) {
    throw new YamlFault("did not find expected '!'", 'while parsing a tag directive', start);
  }
  if (!cursor.isSpaceOrTab()) throw fail('did not find expected whitespace');
  cursor.skipWhile(/[ \t]/);
  scanUri(cursor, start, { isVerbatim: true, isStarted: false }, 'while parsing a %TAG directive');
  if (!cursor.isBlank()) throw fail('did not find expected whitespace or line break');
  return handle;
}
