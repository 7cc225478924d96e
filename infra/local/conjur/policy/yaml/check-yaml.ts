import { type Mark, YamlFault } from './cursor.ts';
import { Scanner } from './scanner.ts';
import type { Token } from './token.ts';

type TokenType = Token['type'];

// Characters that may stand in a YAML text at all.
const FORBIDDEN = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** How far the parser had read when it told of something. Conjur gives this place with what it finds wrong there. */
export interface Places {
  /** Every scalar, every alias, and the start and the end of every collection, in the order of the text. */
  readonly nodes: readonly Mark[];
  /** The start of every document. */
  readonly documents: readonly Mark[];
}

/**
 * Passes over a YAML 1.1 text with the grammar of libyaml, the parser of a genuine Conjur, whose messages Conjur hands on.
 *
 * @throws {YamlFault} when the text is not YAML.
 */
export function checkYaml(text: string): Places {
  if (FORBIDDEN.test(text)) throw new YamlFault('control characters are not allowed');
  const grammar = new Grammar(new Scanner(text.replace(/^\ufeff/, '')));
  grammar.stream();
  return grammar.places;
}

class Grammar {
  readonly #scanner: Scanner;
  readonly places = { nodes: [] as Mark[], documents: [] as Mark[] };
  #handles = new Set<string>();

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  /** Notes how far the text has been read now that the next token is known. */
  #tell(): void {
    this.#scanner.peek();
    this.places.nodes.push(this.#scanner.position());
  }

  stream(): void {
    for (let isFirst = true; this.#document(isFirst); isFirst = false);
  }

  #is(...types: TokenType[]): boolean {
    return types.includes(this.#scanner.peek().type);
  }

  /** Takes the next token when it is of the type. */
  #takes(type: TokenType): boolean {
    if (!this.#is(type)) return false;
    this.#scanner.take();
    return true;
  }

  #document(isFirst: boolean): boolean {
    if (!isFirst) while (this.#takes('document-end'));
    const isBare = isFirst && !this.#is('directive', 'document-start', 'stream-end');
    if (!isBare && this.#is('stream-end')) return false;
    this.#directives();
    this.#scanner.peek();
    this.places.documents.push(this.#scanner.position());
    if (!isBare) {
      if (!this.#takes('document-start')) throw new YamlFault('did not find expected <document start>');
      if (this.#is('directive', 'document-start', 'document-end', 'stream-end')) {
        this.#tell();
        return this.#documentEnd();
      }
    }
    this.#node(true, false);
    return this.#documentEnd();
  }

  #documentEnd(): boolean {
    this.#takes('document-end');
    return true;
  }

  #directives(): void {
    this.#handles = new Set(['!', '!!']);
    const seen = new Set<string>();
    while (this.#is('directive')) {
      const { directive } = this.#scanner.take();
      const name = directive?.name === 'TAG' ? directive.handle : '%YAML';
      if (seen.has(name))
        throw new YamlFault(`found duplicate ${directive?.name === 'TAG' ? '%TAG' : '%YAML'} directive`);
      seen.add(name);
      if (directive?.name === 'TAG') this.#handles.add(directive.handle);
      else if (!/^1\.[12]$/.test(directive?.version ?? '')) throw new YamlFault('found incompatible YAML document');
    }
  }

  #node(isBlock: boolean, isIndentless: boolean): void {
    const { mark } = this.#scanner.peek();
    if (this.#is('alias')) {
      this.#leaf();
      return;
    }
    const hasProperties = this.#properties();
    if (isIndentless && this.#is('-')) this.#indentlessSequence();
    else if (this.#is('scalar')) this.#leaf();
    else if (this.#is('[')) this.#flowSequence();
    else if (this.#is('{')) this.#flowMapping();
    else if (isBlock && this.#is('block-sequence')) this.#blockSequence();
    else if (isBlock && this.#is('block-mapping')) this.#blockMapping();
    else if (hasProperties) this.#tell();
    else {
      const context = `while parsing a ${isBlock ? 'block' : 'flow'} node`;
      throw new YamlFault('did not find expected node content', context, mark);
    }
  }

  #leaf(): void {
    this.#tell();
    this.#scanner.take();
  }

  /** A node, or an empty scalar when one of these tokens follows. */
  #nodeUnless(ends: readonly TokenType[], isBlock: boolean, isIndentless = false): void {
    if (this.#is(...ends)) this.#tell();
    else this.#node(isBlock, isIndentless);
  }

  /** An anchor and a tag, in any order. */
  #properties(): boolean {
    const { mark } = this.#scanner.peek();
    const hasAnchor = this.#takes('anchor');
    const tag = this.#is('tag') ? this.#scanner.take() : undefined;
    const hasLateAnchor = !hasAnchor && tag !== undefined && this.#takes('anchor');
    if (tag?.handle && !this.#handles.has(tag.handle)) {
      throw new YamlFault('found undefined tag handle', 'while parsing a node', mark);
    }
    return hasAnchor || hasLateAnchor || tag !== undefined;
  }

  #blockSequence(): void {
    this.#tell();
    const { mark } = this.#scanner.take();
    while (this.#takes('-')) this.#nodeUnless(['-', 'block-end'], true);
    if (!this.#is('block-end')) {
      throw new YamlFault("did not find expected '-' indicator", 'while parsing a block collection', mark);
    }
    this.#leaf();
  }

  /** A sequence that stands as far left as the key before it. */
  #indentlessSequence(): void {
    this.#tell();
    while (this.#takes('-')) this.#nodeUnless(['-', '?', ':', 'block-end'], true);
    this.#tell();
  }

  #blockMapping(): void {
    const ends: TokenType[] = ['?', ':', 'block-end'];
    this.#tell();
    const { mark } = this.#scanner.take();
    while (this.#takes('?')) {
      this.#nodeUnless(ends, true, true);
      if (this.#takes(':')) this.#nodeUnless(ends, true, true);
      else this.#tell();
    }
    if (!this.#is('block-end')) {
      throw new YamlFault('did not find expected key', 'while parsing a block mapping', mark);
    }
    this.#leaf();
  }

  #flowSequence(): void {
    this.#tell();
    const { mark } = this.#scanner.take();
    for (let isFirst = true; !this.#is(']'); isFirst = false) {
      if (!isFirst && !this.#takes(',')) {
        throw new YamlFault("did not find expected ',' or ']'", 'while parsing a flow sequence', mark);
      }
      if (this.#is('?')) this.#pairInSequence();
      else if (!this.#is(']')) this.#node(false, false);
    }
    this.#leaf();
  }

  #pairInSequence(): void {
    this.#leaf();
    if (!this.#is(':', ',', ']')) this.#node(false, false);
    // As libyaml does it, the token after a missing key is passed over.
    else this.#leaf();
    this.#flowValue(']');
    this.#tell();
  }

  #flowMapping(): void {
    this.#tell();
    const { mark } = this.#scanner.take();
    for (let isFirst = true; !this.#is('}'); isFirst = false) {
      if (!isFirst && !this.#takes(',')) {
        throw new YamlFault("did not find expected ',' or '}'", 'while parsing a flow mapping', mark);
      }
      if (this.#takes('?')) {
        this.#nodeUnless([':', ',', '}'], false);
        this.#flowValue('}');
      } else if (!this.#is('}')) {
        this.#node(false, false);
        this.#tell();
      }
    }
    this.#leaf();
  }

  #flowValue(end: ']' | '}'): void {
    if (this.#takes(':')) this.#nodeUnless([',', end], false);
    else this.#tell();
  }
}
