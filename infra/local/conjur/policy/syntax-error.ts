import type { ErrorCode, LineCounter, YAMLParseError } from 'yaml';
import { PolicySyntaxError } from './policy-error.ts';

const NO_KEY = 'did not find expected key while parsing a block mapping';
const NO_DASH = "did not find expected '-' indicator while parsing a block collection";
const NO_COLON = "could not find expected ':' while scanning a simple key";
const NO_BLOCK_NODE = 'did not find expected node content while parsing a block node';
const NO_FLOW_NODE = 'did not find expected node content while parsing a flow node';
const NO_TOKEN = 'found character that cannot start any token while scanning for the next token';
const BAD_TAG = 'did not find expected whitespace or line break while scanning a tag';
const OPEN_QUOTE = 'found unexpected end of stream while scanning a quoted scalar';
const STRAY_VALUE = 'mapping values are not allowed in this context';
const STRAY_DASH = 'block sequence entries are not allowed in this context';
const OPEN_FLOW: Readonly<Record<string, string>> = {
  '[': "did not find expected ',' or ']' while parsing a flow sequence",
  '{': "did not find expected ',' or '}' while parsing a flow mapping",
};

/** Faults that have one text wherever they stand. */
const FIXED: Partial<Record<ErrorCode, string>> = {
  BAD_DIRECTIVE: 'found unknown directive name while scanning a directive',
  BLOCK_IN_FLOW: NO_FLOW_NODE,
  KEY_OVER_1024_CHARS: NO_COLON,
  TAG_RESOLVE_FAILED: 'did not find expected tag URI while parsing a tag',
};

/** Says in libyaml's words, which Conjur passes on, why a text is not YAML. */
export function toSyntaxError(error: YAMLParseError, text: string, lines: LineCounter): PolicySyntaxError {
  const { line, col } = lines.linePos(error.pos[0]);
  return new PolicySyntaxError(toMessage(error, text), line, col);
}

function toMessage(error: YAMLParseError, text: string): string {
  const at = error.pos[0] + (/^ */.exec(text.slice(error.pos[0]))?.[0].length ?? 0);
  if (/closing .*quote/i.test(error.message)) return OPEN_QUOTE;
  const open = openFlow(text, at);
  if (open !== undefined) return toFlowMessage(text, at, open);
  switch (error.code) {
    case 'BAD_ALIAS':
      return `did not find expected alphabetic or numeric character while scanning an ${text[at] === '&' ? 'anchor' : 'alias'}`;
    case 'BAD_DQ_ESCAPE':
      return /^\\?[xuU]/.test(text.slice(at))
        ? 'did not find expected hexdecimal number while parsing a quoted scalar'
        : 'found unknown escape character while parsing a quoted scalar';
    case 'BAD_SCALAR_START':
      if (text[at] !== ',') return NO_TOKEN;
      return lineBefore(text, at).trim() === '' ? toCollectionMessage(text, at) : NO_BLOCK_NODE;
    case 'TAB_AS_INDENT':
      return endsInPlainText(text.slice(0, at))
        ? 'found a tab character that violates indentation while scanning a plain scalar'
        : NO_TOKEN;
    default:
      return FIXED[error.code] ?? toBlockMessage(error, text, at);
  }
}

function toFlowMessage(text: string, at: number, open: string): string {
  const isNodeDue = /[[{,]\s*$/.test(text.slice(0, at));
  const isNodeThere = at < text.trimEnd().length && text[at] !== ',';
  return isNodeDue && !isNodeThere ? NO_FLOW_NODE : (OPEN_FLOW[open] ?? NO_FLOW_NODE);
}

function toBlockMessage(error: YAMLParseError, text: string, at: number): string {
  if (/Nested mappings/.test(error.message)) return STRAY_VALUE;
  if (/same line with key/.test(error.message) && lineBefore(text, at).trim() !== '') return STRAY_DASH;
  if (/(?:^|\s)![\w-]*$/.test(text.slice(0, at)) && !/\s/.test(text[at] ?? ' ')) return BAD_TAG;
  if (/Block scalar header/.test(error.message)) {
    return 'did not find expected comment or line break while scanning a block scalar';
  }
  if (text.slice(0, at).trim() === '') return NO_BLOCK_NODE;
  if (/implicit (?:map )?keys?/i.test(error.message)) return toKeyMessage(text, at);
  const line = text.slice(at).split('\n', 1)[0] ?? '';
  const isAtLineStart = lineBefore(text, at).trim() === '';
  if (isAtLineStart && /Unexpected scalar at/.test(error.message) && !/:(?:\s|$)/.test(line)) return NO_COLON;
  return toCollectionMessage(text, at);
}

/** A key without its colon is missed only where a key must stand; elsewhere it is text, and the next colon is stray. */
function toKeyMessage(text: string, at: number): string {
  if (/^[ \n]*-\s/.test(text.slice(at))) return NO_KEY;
  return enclosingCollection(text, at)?.indent === lineBefore(text, at).length ? NO_COLON : STRAY_VALUE;
}

function toCollectionMessage(text: string, at: number): string {
  const collection = enclosingCollection(text, at);
  if (collection === undefined) return 'did not find expected <document start>';
  return collection.kind === 'mapping' ? NO_KEY : NO_DASH;
}

/** The innermost `[` or `{` that is still open at a place of the text; quoted text and comments are passed over. */
function openFlow(text: string, end: number): string | undefined {
  const open: string[] = [];
  for (const [token] of text.slice(0, end).matchAll(/"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|(?<=^|\s)#.*|[[\]{}]/gm)) {
    if (token === '[' || token === '{') open.push(token);
    else if (token === ']' || token === '}') open.pop();
  }
  return open.at(-1);
}

interface Collection {
  readonly indent: number;
  readonly kind: 'mapping' | 'sequence';
}

/** Which block collection a place belongs to, by the indentation of its line and of those before it. */
function enclosingCollection(text: string, at: number): Collection | undefined {
  const open: Collection[] = [];
  const leave = (indent: number) => {
    while ((open.at(-1)?.indent ?? -1) > indent) open.pop();
  };
  const enter = (indent: number, kind: Collection['kind']) => {
    leave(indent);
    // A sequence that stands as far left as the key before it makes no level of its own.
    if ((open.at(-1)?.indent ?? -1) < indent) open.push({ indent, kind });
  };
  for (const line of text.slice(0, at).split('\n')) {
    const [lead = ''] = /^[ \t]*(?:-[ \t]+)*(?:-$)?/.exec(line) ?? [];
    if (line.trim() === '') continue;
    for (const dash of lead.matchAll(/-/g)) enter(dash.index, 'sequence');
    if (/^[^\s"'[{#].*?:(?:\s|$)|^(?:"[^"]*"|'[^']*')\s*:/.test(line.slice(lead.length))) enter(lead.length, 'mapping');
  }
  const before = lineBefore(text, at);
  if (before.trim() === '') leave(before.length);
  return open.at(-1);
}

function lineBefore(text: string, at: number): string {
  return /[^\n]*$/.exec(text.slice(0, at))?.[0] ?? '';
}

function endsInPlainText(text: string): boolean {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  return !/(?:^|\s)[!&*]\S*$|[:'"\]}-]$/.test(line);
}
