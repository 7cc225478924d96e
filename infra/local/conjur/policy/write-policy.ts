import { Document, type Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Statement, StatementValue } from './effective-policy.ts';

/** The order of statements within a body. */
const ORDER = 'user policy variable webservice host layer host-factory group grant permit'.split(' ');

/** Statements as a policy text that could be loaded again. */
export function toPolicyYaml(statements: readonly Statement[]): string {
  const document = new Document();
  document.contents = toSequence(inOrder(statements));
  if (document.directives) document.directives.docStart = true;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, indentSeq: false });
}

/** Statements as JSON: each an object of its tag. Only those at the top are in order, as in a genuine Conjur. */
export function toPolicyJson(statements: readonly Statement[]): unknown {
  return inOrder(statements).map((statement) => toJson(statement));
}

function toJson(value: StatementValue): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item: StatementValue) => toJson(item));
  if (isStatement(value)) return { [value.tag]: toJson(value.value) };
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJson(item)]));
}

function isStatement(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && 'tag' in value && 'value' in value;
}

function inOrder(statements: readonly Statement[]): Statement[] {
  return statements.toSorted((a, b) => ORDER.indexOf(a.tag) - ORDER.indexOf(b.tag));
}

function toNode(value: StatementValue): Node {
  if (typeof value === 'string') return new Scalar(value);
  if (Array.isArray(value))
    return toSequence(
      value,
      value.every((item) => typeof item === 'string'),
    );
  if (isStatement(value)) return toTagged(value);
  return toMapping(value);
}

function toTagged({ tag, value }: Statement): Node {
  const attributes = typeof value === 'object' && !Array.isArray(value) && !isStatement(value) ? value : undefined;
  const isLone = attributes !== undefined && Object.keys(attributes).length === 1;
  const node = isLone ? toNode(attributes.id ?? '') : toNode(value);
  node.tag = `!${tag}`;
  return node;
}

function toMapping(attributes: { [attribute: string]: StatementValue }): YAMLMap {
  const mapping = new YAMLMap();
  for (const [name, value] of Object.entries(attributes)) {
    const isBody = name === 'body' && Array.isArray(value);
    mapping.set(name, isBody ? toSequence(inOrder(value.filter(isStatement))) : toNode(value));
  }
  return mapping;
}

function toSequence(values: readonly StatementValue[], isFlow = false): YAMLSeq {
  const sequence = new YAMLSeq();
  for (const value of values) sequence.add(toNode(value));
  sequence.flow = isFlow || values.length === 0;
  return sequence;
}
