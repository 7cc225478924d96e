import type { Mark } from './cursor.ts';
import type { Directive } from './scan-properties.ts';

/** A piece of YAML. */
export interface Token {
  readonly type:
    | 'stream-end'
    | 'directive'
    | 'document-start'
    | 'document-end'
    | 'block-sequence'
    | 'block-mapping'
    | 'block-end'
    | '['
    | ']'
    | '{'
    | '}'
    | ','
    | '-'
    | '?'
    | ':'
    | 'alias'
    | 'anchor'
    | 'tag'
    | 'scalar';
  readonly mark: Mark;
  readonly directive?: Directive;
  /** Of a tag. */
  readonly handle?: string;
}
