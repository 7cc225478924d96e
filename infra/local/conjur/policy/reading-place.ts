import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair, type Scalar } from 'yaml';

/** A place in a text. `line` and `column` (in characters) count from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Follows how far a text has been read. Conjur gives this place with what it finds wrong there. */
export interface ReadingPlace {
  /** A scalar or an alias has been read, or nothing where a value could be. */
  value(node: Node | null): void;
  key(pair: Pair): void;
  /** A list or a mapping begins. */
  start(node: Node): void;
  end(node: Node): void;
  /** The place now. */
  now(): Place;
}

const INDICATORS = '-?:,[]{}';

/**
 * A genuine Conjur reads YAML with a parser that looks ahead: what could be a key is only known not to be one when the token
 * behind it has been read, or when its line has ended. So the place is not where a node stands but how far that took.
 */
export function createReadingPlace(text: string, lines: LineCounter): ReadingPlace {
  let reached = 0;
  let flowDepth = 0;
  const reach = (offset: number) => {
    reached = Math.max(reached, offset);
  };

  /** Behind a node that ends here and is no key. */
  function behind(end: number, isPlain: boolean): number {
    const lineEnd = indexOrEnd(text, '\n', end);
    // A plain text goes on over line breaks, so its reader has already passed them.
    if (flowDepth === 0 && isPlain && text.slice(end, lineEnd).trim() === '') return skipBlanks(text, end);
    return endOfToken(text, skipBlanksAndComments(text, end));
  }

  return {
    value(node) {
      if (node === null || !node.range) return reach(endOfToken(text, skipBlanksAndComments(text, reached)));
      const isPlain = isScalar(node) && (node as Scalar).type === 'PLAIN';
      const isEmpty = isPlain && node.range[0] === node.range[1];
      reach(behind(node.range[1], isPlain && !isEmpty && !isAlias(node)));
    },
    key(pair) {
      const key = pair.key as Node | null;
      const end = key?.range?.[1] ?? reached;
      const colon = skipBlanks(text, end);
      reach(text[colon] === ':' ? colon + 1 : behind(end, false));
    },
    start(node) {
      const [start = 0, end = 0] = node.range ?? [];
      if ((isSeq(node) || isMap(node)) && node.flow) {
        const lineEnd = indexOrEnd(text, '\n', start);
        const isOneLine = end <= lineEnd;
        reach(isOneLine ? behind(end, false) : endOfToken(text, skipBlanksAndComments(text, lineEnd)));
        flowDepth += 1;
      } else if (isMap(node) && node.items[0]) {
        this.key(node.items[0]);
      } else {
        reach(start + 1);
      }
    },
    end(node) {
      const end = node.range?.[1] ?? reached;
      if ((isSeq(node) || isMap(node)) && node.flow) {
        flowDepth -= 1;
        reach(end);
      } else {
        reach(endOfToken(text, skipBlanksAndComments(text, end)));
      }
    },
    now: () => toPlace(text, lines, reached),
  };
}

/** A place as line and column. The end of a text that ends without a line break is the start of the line behind it. */
export function toPlace(text: string, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  if (offset >= text.length && col > 1) return { line, column: 0 };
  return { line: line - 1, column: [...text.slice(offset - col + 1, offset)].length };
}

const BLANKS = /\s*/y;
const BLANKS_AND_COMMENTS = /(?:\s|#.*)*/y;
const MARKER = /(?:---|\.\.\.)(?=\s|$)/y;
/** A quoted text, properties and aliases, or a word up to its colon. */
const WORD = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[!&*]\S*|(?:(?!:\s|\s#)[^\n,\]}])+/y;

function lengthOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0].length ?? 0;
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? text.length : at;
}

function skipBlanks(text: string, from: number): number {
  return from + lengthOf(BLANKS, text, from);
}

function skipBlanksAndComments(text: string, from: number): number {
  return from + lengthOf(BLANKS_AND_COMMENTS, text, from);
}

function endOfToken(text: string, start: number): number {
  const first = text[start];
  if (first === undefined) return text.length;
  const marker = lengthOf(MARKER, text, start);
  if (marker > 0) return start + marker;
  return start + (INDICATORS.includes(first) ? 1 : Math.max(lengthOf(WORD, text, start), 1));
}
