/** A place in a text. `line` and `column` (in characters) count from 0. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** A text is not YAML. */
export class YamlFault extends Error {
  /** Where what could not be finished began; the start of the text when that is not known. */
  readonly mark: Mark;

  constructor(problem: string, context?: string, mark: Mark = { index: 0, line: 0, column: 0 }) {
    super(context === undefined ? problem : `${problem} ${context}`);
    this.name = 'YamlFault';
    this.mark = mark;
  }
}

const BREAK = /[\r\n\u0085\u2028\u2029]/;

/** Reads a text character by character. Behind its end stands the empty string. */
export class Cursor {
  readonly #characters: readonly string[];
  #index = 0;
  #line = 0;
  #column = 0;

  constructor(text: string) {
    this.#characters = [...text];
  }

  get column(): number {
    return this.#column;
  }

  get line(): number {
    return this.#line;
  }

  get index(): number {
    return this.#index;
  }

  mark(): Mark {
    return { index: this.#index, line: this.#line, column: this.#column };
  }

  /** The character so many places ahead. */
  peek(ahead = 0): string {
    return this.#characters[this.#index + ahead] ?? '';
  }

  isAtEnd(ahead = 0): boolean {
    return this.#index + ahead >= this.#characters.length;
  }

  isSpaceOrTab(ahead = 0): boolean {
    return this.peek(ahead) === ' ' || this.peek(ahead) === '\t';
  }

  isBreak(ahead = 0): boolean {
    return BREAK.test(this.peek(ahead));
  }

  isBreakOrEnd(ahead = 0): boolean {
    return this.isBreak(ahead) || this.isAtEnd(ahead);
  }

  /** Whether a word ends here: white space, a line break or the end. */
  isBlank(ahead = 0): boolean {
    return this.isSpaceOrTab(ahead) || this.isBreakOrEnd(ahead);
  }

  /** Whether a line begins with `---` or `...` here. */
  isDocumentIndicator(indicators: readonly string[] = ['---', '...']): boolean {
    const three = this.peek() + this.peek(1) + this.peek(2);
    return this.#column === 0 && indicators.includes(three) && this.isBlank(3);
  }

  skip(count = 1): void {
    this.#index += count;
    this.#column += count;
  }

  skipWhile(test: RegExp): number {
    const start = this.#index;
    while (!this.isAtEnd() && test.test(this.peek())) this.skip();
    return this.#index - start;
  }

  skipLine(): void {
    if (!this.isBreak()) return;
    this.#index += this.peek() === '\r' && this.peek(1) === '\n' ? 2 : 1;
    this.endLine();
  }

  /** Goes to the start of the next line without a line break: at the end of the text. */
  endLine(): void {
    this.#line += 1;
    this.#column = 0;
  }

  skipToBreak(): void {
    while (!this.isBreakOrEnd()) this.skip();
  }
}
