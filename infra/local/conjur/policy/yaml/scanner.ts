import { Cursor, type Mark, YamlFault } from './cursor.ts';
import { PossibleKeys } from './possible-keys.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-properties.ts';
import { scanBlock, scanPlain, scanQuoted } from './scan-scalars.ts';
import type { Token } from './token.ts';

const NOT_PLAIN = '-?:,[]{}#&*!|>\'"%@`';

/** Cuts a text into tokens as libyaml does, one step ahead of who takes them. */
export class Scanner {
  readonly #cursor: Cursor;
  readonly #tokens: Token[] = [];
  #taken = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #isKeyAllowed = true;
  readonly #keys = new PossibleKeys();
  #isDone = false;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
  }

  /** The next token, which stays the next one. */
  peek(): Token {
    while (this.#needsMore()) this.#fetch();
    const [token] = this.#tokens;
    if (token === undefined) throw new TypeError('the stream has ended');
    return token;
  }

  /** Takes the next token. */
  take(): Token {
    const token = this.peek();
    this.#tokens.shift();
    this.#taken += 1;
    return token;
  }

  /** How far the text has been read. That is farther than the next token where it may yet turn out to be a key. */
  position(): Mark {
    return this.#cursor.mark();
  }

  get #isInFlow(): boolean {
    return this.#keys.isInFlow;
  }

  #needsMore(): boolean {
    if (this.#tokens.length === 0) return !this.#isDone;
    this.#keys.dropStale(this.#cursor);
    return !this.#isDone && this.#keys.has(this.#taken);
  }

  #add(type: Token['type'], mark: Mark = this.#cursor.mark(), more: Partial<Token> = {}): void {
    this.#tokens.push({ type, mark, ...more });
  }

  #fetch(): void {
    this.#skipToToken();
    this.#keys.dropStale(this.#cursor);
    this.#closeTo(this.#cursor.column);
    this.#fetcher()();
  }

  /** What to do with the token that begins here. */
  #fetcher(): () => void {
    const cursor = this.#cursor;
    const character = cursor.peek();
    if (cursor.isAtEnd()) return () => this.#fetchEnd();
    if (cursor.column === 0 && character === '%') return () => this.#fetchDirective();
    if (cursor.isDocumentIndicator(['---'])) return () => this.#fetchDocument('document-start');
    if (cursor.isDocumentIndicator(['...'])) return () => this.#fetchDocument('document-end');
    return this.#structureFetcher(character) ?? this.#contentFetcher(character);
  }

  #structureFetcher(character: string): (() => void) | undefined {
    const isBlankNext = this.#cursor.isBlank(1);
    if (character === '[' || character === '{') return () => this.#fetchOpening(character);
    if (character === ']' || character === '}') return () => this.#fetchClosing(character);
    if (character === ',') return () => this.#fetchComma();
    if (character === '-' && isBlankNext) return () => this.#fetchDash();
    if (character === '?' && (this.#isInFlow || isBlankNext)) return () => this.#fetchQuestion();
    if (character === ':' && (this.#isInFlow || isBlankNext)) return () => this.#fetchColon();
    return undefined;
  }

  #contentFetcher(character: string): () => void {
    if (character === '*' || character === '&') return () => this.#fetchAnchor(character);
    if (character === '!') return () => this.#fetchTag();
    if ((character === '|' || character === '>') && !this.#isInFlow) return () => this.#fetchBlock();
    if (character === "'" || character === '"') return () => this.#fetchQuoted();
    if (this.#isPlainStart(character)) return () => this.#fetchPlain();
    const context = 'while scanning for the next token';
    throw new YamlFault('found character that cannot start any token', context, this.#cursor.mark());
  }

  #isPlainStart(character: string): boolean {
    if (!this.#cursor.isBlank() && !NOT_PLAIN.includes(character)) return true;
    if (character === '-') return !this.#cursor.isSpaceOrTab(1);
    return !this.#isInFlow && (character === '?' || character === ':') && !this.#cursor.isBlank(1);
  }

  #skipToToken(): void {
    for (;;) {
      const isTabAllowed = this.#isInFlow || !this.#isKeyAllowed;
      this.#cursor.skipWhile(isTabAllowed ? /[ \t]/ : / /);
      if (this.#cursor.peek() === '#') this.#cursor.skipToBreak();
      if (!this.#cursor.isBreak()) return;
      this.#cursor.skipLine();
      if (!this.#isInFlow) this.#isKeyAllowed = true;
    }
  }

  #saveKey(): void {
    if (!this.#isKeyAllowed) return;
    this.#keys.save({
      mark: this.#cursor.mark(),
      isRequired: !this.#isInFlow && this.#indent === this.#cursor.column,
      tokenNumber: this.#taken + this.#tokens.length,
    });
  }

  /** Opens a collection where a line stands further in than what is around it. */
  #open(type: 'block-sequence' | 'block-mapping', mark: Mark, tokenNumber?: number): void {
    if (this.#isInFlow || this.#indent >= mark.column) return;
    this.#indents.push(this.#indent);
    this.#indent = mark.column;
    const place = tokenNumber === undefined ? this.#tokens.length : tokenNumber - this.#taken;
    this.#tokens.splice(place, 0, { type, mark });
  }

  /** Ends the collections that stand further in than a column. */
  #closeTo(column: number): void {
    if (this.#isInFlow) return;
    while (this.#indent > column) {
      this.#add('block-end');
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #closeAll(): void {
    this.#closeTo(-1);
    this.#keys.drop();
    this.#isKeyAllowed = false;
  }

  #fetchEnd(): void {
    if (this.#cursor.column !== 0) this.#cursor.endLine();
    this.#closeAll();
    this.#add('stream-end');
    this.#isDone = true;
  }

  #fetchDirective(): void {
    this.#closeAll();
    const mark = this.#cursor.mark();
    this.#add('directive', mark, { directive: scanDirective(this.#cursor) });
  }

  #fetchDocument(type: 'document-start' | 'document-end'): void {
    this.#closeAll();
    this.#add(type);
    this.#cursor.skip(3);
  }

  #fetchOpening(type: '[' | '{'): void {
    this.#saveKey();
    this.#keys.openBracket();
    this.#isKeyAllowed = true;
    this.#add(type);
    this.#cursor.skip();
  }

  #fetchClosing(type: ']' | '}'): void {
    this.#keys.drop();
    this.#keys.closeBracket();
    this.#isKeyAllowed = false;
    this.#add(type);
    this.#cursor.skip();
  }

  #fetchComma(): void {
    this.#keys.drop();
    this.#isKeyAllowed = true;
    this.#add(',');
    this.#cursor.skip();
  }

  #fetchDash(): void {
    this.#allow('block sequence entries');
    this.#open('block-sequence', this.#cursor.mark());
    this.#keys.drop();
    this.#isKeyAllowed = true;
    this.#add('-');
    this.#cursor.skip();
  }

  #fetchQuestion(): void {
    this.#allow('mapping keys');
    this.#open('block-mapping', this.#cursor.mark());
    this.#keys.drop();
    this.#isKeyAllowed = !this.#isInFlow;
    this.#add('?');
    this.#cursor.skip();
  }

  #fetchColon(): void {
    const key = this.#keys.take();
    if (key !== undefined) {
      this.#tokens.splice(key.tokenNumber - this.#taken, 0, { type: '?', mark: key.mark });
      this.#open('block-mapping', key.mark, key.tokenNumber);
      this.#isKeyAllowed = false;
    } else {
      this.#allow('mapping values');
      this.#open('block-mapping', this.#cursor.mark());
      this.#isKeyAllowed = !this.#isInFlow;
    }
    this.#add(':');
    this.#cursor.skip();
  }

  #allow(what: string): void {
    if (this.#isInFlow || this.#isKeyAllowed) return;
    throw new YamlFault(`${what} are not allowed in this context`, undefined, this.#cursor.mark());
  }

  #fetchAnchor(character: '*' | '&'): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const mark = this.#cursor.mark();
    scanAnchor(this.#cursor);
    this.#add(character === '*' ? 'alias' : 'anchor', mark);
  }

  #fetchTag(): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const mark = this.#cursor.mark();
    this.#add('tag', mark, { handle: scanTag(this.#cursor, this.#isInFlow) });
  }

  #fetchBlock(): void {
    this.#keys.drop();
    this.#isKeyAllowed = true;
    const mark = this.#cursor.mark();
    scanBlock(this.#cursor, this.#indent);
    this.#add('scalar', mark);
  }

  #fetchQuoted(): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const mark = this.#cursor.mark();
    scanQuoted(this.#cursor);
    this.#add('scalar', mark);
  }

  #fetchPlain(): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const mark = this.#cursor.mark();
    const isAfterBreak = scanPlain(this.#cursor, { indent: this.#indent, isInFlow: this.#isInFlow });
    if (isAfterBreak) this.#isKeyAllowed = true;
    this.#add('scalar', mark);
  }
}
