import { isMap, isScalar, isSeq, type LineCounter, type Node, type Pair, type Scalar } from 'yaml';

/** A place in a text. `line` and `column` (in characters) count from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Follows how far a text has been read. Conjur gives this place with what it finds wrong there. */
export interface ReadingPlace {
  /** A scalar or an alias has been read, or nothing where a value could be. */
  value(node: Node | null, isItem: boolean): void;
  key(pair: Pair): void;
  /** A list or a mapping begins. */
  start(node: Node, isItem: boolean): void;
  end(node: Node): void;
  /** The place now. */
  now(): Place;
}

const INDICATORS = '-?:,[]{}';

/**
 * A genuine Conjur reads YAML with a parser that looks ahead: what could be a key is only known not to be one when the token
 * behind it has been read, or when its line has ended. So the place is not where a node stands but how far that took.
 *
 * An item of a list (`isItem`) could be a key, and so could the value of a mapping that stands on a line of its own.
 */
export function createReadingPlace(text: string, lines: LineCounter): ReadingPlace {
  let reached = 0;
  let flowDepth = 0;
  let colon = 0;
  const reach = (offset: number) => {
    reached = Math.max(reached, offset);
  };
  const nextToken = (offset: number) => endOfToken(text, skipBlanksAndComments(text, offset));
  const couldBeKey = (start: number, isItem: boolean) =>
    isItem || (flowDepth === 0 && text.slice(colon, start).includes('\n'));

  return {
    value(node, isItem) {
      const [start, end] = node?.range ?? [];
      if (start === undefined || end === undefined || (isScalar(node) && start === end))
        return reach(nextToken(Math.max(reached, end ?? 0)));
      const isPlain = isScalar(node) && (node as Scalar).type === 'PLAIN';
      // A plain text may go on over blanks and line breaks, so its reader has already passed them.
      const passed = isPlain ? skipBlanks(text, end) : end;
      const isLineEnded = flowDepth === 0 && text.slice(end, passed).includes('\n');
      reach(isLineEnded || !couldBeKey(start, isItem) ? passed : nextToken(end));
    },
    key(pair) {
      const end = (pair.key as Node | null)?.range?.[1] ?? reached;
      colon = skipBlanks(text, end);
      reach(text[colon] === ':' ? colon + 1 : nextToken(end));
    },
    start(node, isItem) {
      const [start = 0, end = 0] = node.range ?? [];
      if (isFlow(node)) {
        const lineEnd = indexOrEnd(text, '\n', start);
        if (!couldBeKey(start, isItem)) reach(start + 1);
        else reach(nextToken(Math.min(end, lineEnd)));
        flowDepth += 1;
      } else if (isMap(node) && node.items[0]) {
        this.key(node.items[0]);
      } else {
        reach(start + 1);
      }
    },
    end(node) {
      const end = node.range?.[1] ?? reached;
      if (isFlow(node)) {
        flowDepth -= 1;
        reach(end);
      } else {
        reach(nextToken(end));
      }
    },
    now: () => toPlace(text, lines, reached),
  };
}

function isFlow(node: Node): boolean {
  return (isSeq(node) || isMap(node)) && node.flow === true;
}

/** A place as line and column. What is behind the end of a text without a last line break is the start of the line behind it. */
export function toPlace(text: string, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(Math.min(offset, text.length));
  if (offset > text.length) return { line: col > 1 ? line : line - 1, column: 0 };
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
  // The end of the text is a token as well.
  if (first === undefined) return text.length + 1;
  const marker = lengthOf(MARKER, text, start);
  if (marker > 0) return start + marker;
  return start + (INDICATORS.includes(first) ? 1 : Math.max(lengthOf(WORD, text, start), 1));
}
