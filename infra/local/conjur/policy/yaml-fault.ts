import { type Document, isCollection, type Node, visit, type YAMLError } from 'yaml';

/** What is wrong with a text that is no YAML: in the words of libyaml, the parser of a genuine Conjur, where they are known. */
export interface YamlFault {
  readonly message: string;
  /** Where what could not be finished began. */
  readonly offset: number;
}

const NO_CONTENT = 'did not find expected node content while parsing a flow node';

/** What the parser says here, and what libyaml says of the same texts. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /^Tabs are not allowed|^Plain value cannot start with/,
    'found character that cannot start any token while scanning for the next token',
  ],
  [/^Missing closing ['"]quote/, 'found unexpected end of stream while scanning a quoted scalar'],
  [/^Could not resolve tag/, 'found undefined tag handle while parsing a node'],
  [/^Tags and anchors must be separated/, 'did not find expected whitespace or line break while scanning a tag'],
  [
    /^All sequence items must start at the same column|^Unexpected (?:scalar|map-value-ind|explicit-key-ind|tag) at node end/,
    "did not find expected '-' indicator while parsing a block collection",
  ],
  [/^All mapping items must start at the same column/, 'did not find expected key while parsing a block mapping'],
  [/^Implicit map keys need to be followed by map values/, "could not find expected ':' while scanning a simple key"],
  [/^Missing , or : between flow map items/, "did not find expected ',' or '}' while parsing a flow mapping"],
  [/^Missing , between flow collection items/, "did not find expected ',' or ']' while parsing a flow sequence"],
  [/^Unexpected block-seq-ind on same line with key/, 'block sequence entries are not allowed in this context'],
  [/^Nested mappings are not allowed/, 'mapping values are not allowed in this context'],
  [/^Sequence item without - indicator/, "did not find expected '-' indicator while parsing a block collection"],
  [/^Implicit keys need to be on a single line/, "could not find expected ':' while scanning a simple key"],
];

/** Puts a fault of the parser into words; most faults keep the words of the parser that is used here. */
export function toYamlFault(text: string, document: Document, error: YAMLError): YamlFault {
  const message = WORDS.find(([pattern]) => pattern.test(error.message))?.[1] ?? error.message;
  return openBracket(text, document, error) ?? { message, offset: error.pos[0] };
}

/** The innermost bracket that is still open where the parser gave up. */
function openBracket(text: string, document: Document, error: YAMLError): YamlFault | undefined {
  const isBracket = /^Flow (?:sequence|map) in block collection|must end with a [\]}]/.test(error.message);
  if (!isBracket) return undefined;
  const [at] = error.pos;
  let start: number | undefined;
  visit(document, (_key, node) => {
    if (!isCollection(node) || !(node as { flow?: boolean }).flow) return;
    const [from = 0, to = 0] = (node as Node).range ?? [];
    if (from < at && to >= at - 1) start = from;
  });
  const from = start ?? at;
  const rest = text.slice(from, at).trimEnd();
  if (/[[{,]$/.test(rest)) return { message: NO_CONTENT, offset: at };
  const kind =
    text[from] === '{' ? "',' or '}' while parsing a flow mapping" : "',' or ']' while parsing a flow sequence";
  return { message: `did not find expected ${kind}`, offset: from };
}
