import { type Cursor, type Mark, YamlFault } from './cursor.ts';

const ESCAPES = new Set([...'0abt\tnvfre "/\\N_LP']);
const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const FLOW_INDICATORS = ',[]{}';

/** Passes a text in quotes. */
export function scanQuoted(cursor: Cursor): void {
  const start = cursor.mark();
  const quote = cursor.peek();
  const fail = (problem: string) => new YamlFault(problem, 'while scanning a quoted scalar', start);
  cursor.skip();
  for (;;) {
    if (cursor.isDocumentIndicator()) throw fail('found unexpected document indicator');
    if (cursor.isAtEnd()) throw fail('found unexpected end of stream');
    scanQuotedWord(cursor, quote, start);
    if (cursor.peek() === quote) break;
    skipBlanks(cursor);
  }
  cursor.skip();
}

function scanQuotedWord(cursor: Cursor, quote: string, start: Mark): void {
  while (!cursor.isBlank()) {
    const isEscape = quote === '"' && cursor.peek() === '\\';
    if (quote === "'" && cursor.peek() === "'" && cursor.peek(1) === "'") cursor.skip(2);
    else if (cursor.peek() === quote) return;
    else if (isEscape && cursor.isBreak(1)) {
      cursor.skip();
      cursor.skipLine();
      return;
    } else if (isEscape) scanEscape(cursor, start);
    else cursor.skip();
  }
}

function scanEscape(cursor: Cursor, start: Mark): void {
  const fail = (problem: string) => new YamlFault(problem, 'while parsing a quoted scalar', start);
  const name = cursor.peek(1);
  const digits = HEX_ESCAPES[name];
  if (digits === undefined && !ESCAPES.has(name)) throw fail('found unknown escape character');
  cursor.skip(2);
  if (digits === undefined) return;
  const code = Array.from({ length: digits }, (_, ahead) => cursor.peek(ahead)).join('');
  if (code.length < digits || !/^[\da-f]+$/i.test(code)) throw fail('did not find expected hexdecimal number');
  const value = Number.parseInt(code, 16);
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) {
    throw fail('found invalid Unicode character escape code');
  }
  cursor.skip(digits);
}

function skipBlanks(cursor: Cursor): void {
  while (cursor.isSpaceOrTab() || cursor.isBreak()) {
    if (cursor.isBreak()) cursor.skipLine();
    else cursor.skip();
  }
}

/** Where a scalar stands. */
export interface Surroundings {
  /** Column of the collection around it, -1 outside of all. */
  readonly indent: number;
  readonly isInFlow: boolean;
}

/** Passes a text without quotes. True when it ended with a line, so that a key may follow. */
export function scanPlain(cursor: Cursor, { indent, isInFlow }: Surroundings): boolean {
  const start = cursor.mark();
  const fail = (problem: string) => new YamlFault(problem, 'while scanning a plain scalar', start);
  let isAfterBreak = false;
  for (;;) {
    if (cursor.isDocumentIndicator() || cursor.peek() === '#') break;
    while (!cursor.isBlank()) {
      const isColon = cursor.peek() === ':';
      if (isInFlow && isColon && `${FLOW_INDICATORS}?`.includes(cursor.peek(1)) && !cursor.isAtEnd(1)) {
        throw fail("found unexpected ':'");
      }
      if (isColon && cursor.isBlank(1)) break;
      if (isInFlow && FLOW_INDICATORS.includes(cursor.peek())) break;
      cursor.skip();
      isAfterBreak = false;
    }
    if (!cursor.isSpaceOrTab() && !cursor.isBreak()) break;
    while (cursor.isSpaceOrTab() || cursor.isBreak()) {
      if (cursor.isBreak()) {
        cursor.skipLine();
        isAfterBreak = true;
      } else {
        const isInIndent = isAfterBreak && cursor.column < indent + 1;
        if (isInIndent && cursor.peek() === '\t') throw fail('found a tab character that violates indentation');
        cursor.skip();
      }
    }
    if (!isInFlow && cursor.column < indent + 1) break;
  }
  return isAfterBreak;
}

/** Passes a text that begins with `|` or `>`. */
export function scanBlock(cursor: Cursor, indent: number): void {
  const start = cursor.mark();
  const fail = (problem: string) => new YamlFault(problem, 'while scanning a block scalar', start);
  cursor.skip();
  const increment = scanBlockHeader(cursor, fail);
  let column = increment === 0 ? 0 : Math.max(indent, 0) + increment;
  column = scanBlockBreaks(cursor, column, indent, fail);
  while (cursor.column === column && !cursor.isAtEnd()) {
    cursor.skipToBreak();
    cursor.skipLine();
    column = scanBlockBreaks(cursor, column, indent, fail);
  }
}

type Fail = (problem: string) => YamlFault;

/** What stands behind the indicator: chomping and indentation, in any order. The indentation, 0 where none is given. */
function scanBlockHeader(cursor: Cursor, fail: Fail): number {
  const isChomped = cursor.peek() === '+' || cursor.peek() === '-';
  if (isChomped) cursor.skip();
  const increment = /^\d$/.test(cursor.peek()) ? Number(cursor.peek()) : undefined;
  if (increment === 0) throw fail('found an indentation indicator equal to 0');
  if (increment !== undefined) {
    cursor.skip();
    if (!isChomped && (cursor.peek() === '+' || cursor.peek() === '-')) cursor.skip();
  }
  cursor.skipWhile(/[ \t]/);
  if (cursor.peek() === '#') cursor.skipToBreak();
  if (!cursor.isBreakOrEnd()) throw fail('did not find expected comment or line break');
  cursor.skipLine();
  return increment ?? 0;
}

/** Passes empty lines and indentation, and finds out the indentation where it is still 0. */
function scanBlockBreaks(cursor: Cursor, given: number, parent: number, fail: Fail): number {
  let deepest = 0;
  for (;;) {
    while ((given === 0 || cursor.column < given) && cursor.peek() === ' ') cursor.skip();
    deepest = Math.max(deepest, cursor.column);
    if ((given === 0 || cursor.column < given) && cursor.peek() === '\t') {
      throw fail('found a tab character where an indentation space is expected');
    }
    if (!cursor.isBreak()) break;
    cursor.skipLine();
  }
  return given === 0 ? Math.max(deepest, parent + 1, 1) : given;
}
