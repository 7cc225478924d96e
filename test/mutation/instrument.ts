import { parseAst } from 'vitest/node';

/** One small change of the code that a test should notice. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The line that it begins in, without its white space. */
  readonly lineText: string;
  readonly operator: string;
  readonly original: string;
  readonly replacement: string;
}

export interface Instrumented {
  /** The code with all its mutants in it; `__mutant(id)` says which one is alive. */
  readonly code: string;
  readonly mutants: readonly Mutant[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface Change {
  readonly operator: string;
  readonly replacement: string;
}

interface Wrap {
  readonly start: number;
  readonly end: number;
  readonly isStatement: boolean;
  readonly changes: readonly Change[];
}

/**
 * Puts every mutant of a file into its code, so that one transformation serves all of them: `a < b` becomes
 * `(__mutant(1)?(a <= b):__mutant(2)?(a >= b):(a < b))`.
 * @param firstId of the file's first mutant
 */
export function instrument(code: string, file: string, firstId: number): Instrumented {
  const wraps: Wrap[] = [];
  visit(parseAst(code, { lang: 'ts' }) as unknown as Node, undefined, code, wraps);
  wraps.sort((a, b) => a.start - b.start || b.end - a.end);
  const mutants: Mutant[] = [];
  const lines = code.split('\n');
  const text = render(code, 0, code.length, wraps, (wrap, change) => {
    const id = firstId + mutants.length;
    const original = code.slice(wrap.start, wrap.end);
    const line = code.slice(0, wrap.start).split('\n').length;
    mutants.push({ id, file, line, lineText: lines[line - 1]?.trim() ?? '', ...change, original });
    return id;
  });
  return { code: text, mutants };
}

function render(
  code: string,
  from: number,
  to: number,
  wraps: readonly Wrap[],
  number: (wrap: Wrap, change: Change) => number,
): string {
  let text = '';
  let at = from;
  for (let index = 0; index < wraps.length; index += 1) {
    const wrap = wraps[index] as Wrap;
    if (wrap.start < at) continue;
    const inner: Wrap[] = [];
    while (index + 1 < wraps.length && (wraps[index + 1] as Wrap).end <= wrap.end) {
      index += 1;
      inner.push(wraps[index] as Wrap);
    }
    const ids = wrap.changes.map((change) => ({ change, id: number(wrap, change) }));
    const original = render(code, wrap.start, wrap.end, inner, number);
    text += code.slice(at, wrap.start);
    text += wrap.isStatement
      ? `${ids.map(({ id, change }) => `if(__mutant(${id})){${change.replacement}}else `).join('')}{${original}}`
      : `(${ids.map(({ id, change }) => `__mutant(${id})?(${change.replacement}):`).join('')}(${original}))`;
    at = wrap.end;
  }
  return text + code.slice(at, to);
}

/** Where types stand, and names: nothing there runs. */
const SKIPPED_KEYS = new Set([
  'typeAnnotation',
  'typeArguments',
  'typeParameters',
  'returnType',
  'implements',
  'superTypeArguments',
]);
const RUNNING_TS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression', 'TSParameterProperty']);

function visit(node: Node, parent: Node | undefined, code: string, wraps: Wrap[]): void {
  if (node.type === 'ImportDeclaration' || node.type === 'ImportExpression') return;
  if (node.type.startsWith('TS') && !RUNNING_TS.has(node.type)) return;
  // What is only told to a log or an error's reader is not mutated.
  if (isTold(node, code)) return;
  const changes = mayWrap(node, parent) ? changesOf(node, parent, code) : [];
  if (changes.length > 0)
    wraps.push({ start: node.start, end: node.end, isStatement: STATEMENTS.has(node.type), changes });
  for (const [key, value] of Object.entries(node)) {
    if (SKIPPED_KEYS.has(key)) continue;
    if (key === 'key' && node.computed !== true) continue;
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isNode(child)) visit(child, node, code, wraps);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

const STATEMENTS = new Set(['ExpressionStatement', 'ThrowStatement']);

function isTold(node: Node, code: string): boolean {
  if (node.type === 'TemplateLiteral') return true;
  if (node.type === 'ExpressionStatement')
    return /^(?:[\w.]+\.)?(?:logger|log)\.\w+\(/.test(code.slice(node.start, node.end));
  return false;
}

/** A callee keeps its `this` only unwrapped; what is assigned to is no expression; a chain is changed as a whole. */
function mayWrap(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return false;
  if ((parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee === node) return false;
  if (parent.type === 'AssignmentExpression' && parent.left === node) return false;
  if (parent.type === 'Property' && parent.shorthand === true) return false;
  if (parent.type === 'TSParameterProperty') return false;
  const isLink = node.type === 'MemberExpression' || node.type === 'CallExpression';
  const isInChain = parent.type === 'ChainExpression' || (parent.type === 'MemberExpression' && parent.object === node);
  return !(isLink && isInChain);
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
};

const METHODS: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};

/** Methods without which their receiver is left. */
const DROPPED = new Set([
  'trim',
  'trimEnd',
  'trimStart',
  'toLowerCase',
  'toUpperCase',
  'filter',
  'sort',
  'reverse',
  'slice',
  'subarray',
  'toWellFormed',
]);

function changesOf(node: Node, parent: Node | undefined, code: string): Change[] {
  const textOf = (part: unknown): string => code.slice((part as Node).start, (part as Node).end);
  const text = textOf(node);
  const conditional = isCondition(node, parent) ? conditionChanges(text) : [];
  switch (node.type) {
    case 'BinaryExpression': {
      const { left, right, operator } = node as unknown as { left: Node; right: Node; operator: string };
      const others =
        operator === '+' && !isText(left) && !isText(right)
          ? ['-']
          : Object.hasOwn(OPERATORS, operator)
            ? (OPERATORS[operator] ?? [])
            : [];
      return [
        ...others.map((other) => ({
          operator: `${operator} to ${other}`,
          replacement: `(${textOf(left)}) ${other} (${textOf(right)})`,
        })),
        ...conditional,
      ];
    }
    case 'LogicalExpression': {
      const { left, right, operator } = node as unknown as { left: Node; right: Node; operator: string };
      if (operator === '??') return [{ operator: '?? to its left', replacement: textOf(left) }];
      const other = operator === '&&' ? '||' : '&&';
      return [
        { operator: `${operator} to ${other}`, replacement: `(${textOf(left)}) ${other} (${textOf(right)})` },
        ...conditional,
      ];
    }
    case 'UnaryExpression':
      return node.operator === '!' || node.operator === '-'
        ? [{ operator: `without ${node.operator}`, replacement: textOf(node.argument) }, ...conditional]
        : conditional;
    case 'Literal':
      return [...literalChanges(node, parent, text), ...conditional];
    case 'ArrayExpression':
      return (node.elements as unknown[]).length > 0 ? [{ operator: 'empty array', replacement: '[]' }] : [];
    case 'CallExpression':
      return [...callChanges(node, code), ...conditional];
    case 'ChainExpression':
      return [
        { operator: '?. to .', replacement: text.replaceAll('?.[', '[').replaceAll('?.(', '(').replaceAll('?.', '.') },
        ...conditional,
      ];
    case 'ExpressionStatement':
      return isAct(node.expression as Node) ? [{ operator: 'without the statement', replacement: '' }] : [];
    case 'ThrowStatement':
      return [{ operator: 'without the throw', replacement: '' }];
    default:
      return conditional;
  }
}

function isText(node: Node): boolean {
  if (node.type === 'TemplateLiteral') return true;
  if (node.type === 'Literal') return typeof node.value === 'string';
  return node.type === 'BinaryExpression' && (isText(node.left as Node) || isText(node.right as Node));
}

function isCondition(node: Node, parent: Node | undefined): boolean {
  return (parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') && parent.test === node;
}

function conditionChanges(text: string): Change[] {
  return ['true', 'false']
    .filter((value) => value !== text)
    .map((value) => ({ operator: `condition to ${value}`, replacement: value }));
}

function literalChanges(node: Node, parent: Node | undefined, text: string): Change[] {
  const { value } = node;
  if (typeof value === 'boolean') return [{ operator: 'other boolean', replacement: String(!value) }];
  if (typeof value === 'number') return [{ operator: 'number and one', replacement: String(value + 1) }];
  if (isNode(node.regex) || node.regex !== undefined) return regexChanges(text);
  if (typeof value !== 'string' || value === '') return [];
  const isCompared =
    (parent?.type === 'BinaryExpression' && /^[!=]==$/.test(String(parent.operator))) ||
    parent?.type === 'ArrayExpression' ||
    parent?.type === 'SwitchCase';
  const isValue =
    parent?.type === 'Property' &&
    !/^(?:message|advice|action|summary|description|help|example|reason)$/.test(keyOf(parent));
  return isCompared || isValue ? [{ operator: 'other text', replacement: "'mutated'" }] : [];
}

function keyOf(property: Node): string {
  const key = property.key as { name?: string; value?: unknown };
  return key.name ?? String(key.value);
}

function regexChanges(text: string): Change[] {
  const end = text.lastIndexOf('/');
  const [pattern, flags] = [text.slice(1, end), text.slice(end + 1)];
  return [
    ...(pattern.startsWith('^') ? [{ operator: 'regex without ^', replacement: `/${pattern.slice(1)}/${flags}` }] : []),
    ...(pattern.endsWith('$') && !pattern.endsWith('\\$')
      ? [{ operator: 'regex without $', replacement: `/${pattern.slice(0, -1)}/${flags}` }]
      : []),
  ].filter(({ replacement }) => !replacement.startsWith('//'));
}

function callChanges(node: Node, code: string): Change[] {
  const callee = node.callee as Node;
  if (callee.type !== 'MemberExpression' || callee.computed === true) return [];
  const { object, property } = callee as unknown as { object: Node; property: Node & { name: string } };
  if (object.type === 'Super') return [];
  // Parentheses around it are no part of it.
  const receiver = `(${code.slice(object.start, object.end)})`;
  const rest = code.slice(callee.end, node.end);
  const other = Object.hasOwn(METHODS, property.name) ? METHODS[property.name] : undefined;
  if (other !== undefined)
    return [{ operator: `.${property.name} to .${other}`, replacement: `${receiver}.${other}${rest}` }];
  return DROPPED.has(property.name) ? [{ operator: `without .${property.name}`, replacement: receiver }] : [];
}

/** A statement that does something: a call, an assignment. */
function isAct(expression: Node): boolean {
  if (expression.type === 'AwaitExpression' || expression.type === 'UnaryExpression')
    return isAct(expression.argument as Node);
  if (expression.type === 'ChainExpression') return true;
  if (expression.type === 'CallExpression') return (expression.callee as Node).type !== 'Super';
  return expression.type === 'AssignmentExpression' || expression.type === 'UpdateExpression';
}
