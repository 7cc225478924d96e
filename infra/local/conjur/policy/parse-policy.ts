import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { ATTRIBUTES, toAttributeValue, toClassName } from './attributes.ts';
import { guessScalar, toScalarText } from './guess-scalar.ts';
import { PolicyInvalidError, PolicySyntaxError } from './policy-error.ts';
import { createPolicyObject, type PolicyObject, type PolicyType, type PolicyValue } from './policy-object.ts';
import { toSyntaxError } from './syntax-error.ts';
import { markAfterKey, markAfterScalar } from './yaml-mark.ts';

/** What an untagged node becomes: an object of a type, a mapping of annotations, or a plain value. */
type Expected = PolicyType | 'hash' | undefined;

/**
 * Reads a policy text into its statements.
 *
 * @throws {PolicySyntaxError} when the text is not YAML.
 * @throws {PolicyInvalidError} for an unknown type or attribute, or a value of the wrong type.
 */
export function parsePolicy(text: string): PolicyValue[] {
  const lines = new LineCounter();
  const options = {
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    logLevel: 'silent',
    lineCounter: lines,
  } as const;
  const documents = parseAllDocuments(text, options);
  if (!Array.isArray(documents)) return [];
  const error = documents.flatMap((document) => document.errors)[0];
  if (error) throw toSyntaxError(error, text, lines);
  const [document, next] = documents;
  if (next && !next.directives?.docStart) throw new PolicySyntaxError('did not find expected <document start>', 0, 0);
  if (!document?.contents || (isEmptyScalar(document.contents) && !next)) return [];
  const reader = createReader(text);
  const statements = reader.root(document.contents);
  if (next) {
    const dashes = text.indexOf('\n---', document.range[1] - 1);
    reader.fail('Multiple YAML documents encountered. Only a single document is permitted per policy.', dashes + 4);
  }
  return statements;
}

function isEmptyScalar(node: Node): boolean {
  return isScalar(node) && node.source === '' && node.tag === undefined;
}

function createReader(text: string) {
  const anchors = new Map<string, PolicyValue>();

  function fail(message: string, offset: number): never {
    const before = text.slice(0, offset);
    const line = before.split('\n').length - 1;
    throw new PolicyInvalidError(message, line, [...before.slice(before.lastIndexOf('\n') + 1)].length);
  }

  function typeOf(node: Node, expected: Expected, offset: number): Expected {
    const tag = isAlias(node) ? undefined : node.tag;
    const tagged = /!(.*)/.exec(tag ?? '')?.[1];
    if (tagged === undefined) return expected;
    const name = toTypeName(tagged);
    if (name in ATTRIBUTES) return name as PolicyType;
    return fail(`Unrecognized data type '${tag}'`, offset);
  }

  function read(node: Node | null, expected: Expected, place: 'list' | { attribute: string }): PolicyValue {
    if (node === null) return null;
    if (isAlias(node)) return anchors.get((node as Alias).source) ?? null;
    const value = readNode(node, expected, place);
    if (!('anchor' in node) || !node.anchor) return value;
    const isTaken = anchors.get(node.anchor) ?? false;
    if (isTaken) fail(`Duplicate anchor ${node.anchor}`, markAfterScalar(text, node, place === 'list'));
    anchors.set(node.anchor, value);
    return value;
  }

  function readNode(node: Node, expected: Expected, place: 'list' | { attribute: string }): PolicyValue {
    if (isSeq(node)) return node.items.map((item) => read(item as Node | null, expected, 'list'));
    if (isMap(node)) {
      const type = typeOf(node, expected, markAfterKey(text, node));
      if (type === 'hash') return readHash(node);
      if (type !== undefined) return readObject(node, type);
      const problem =
        place === 'list'
          ? 'No type given or inferred for sequence entry'
          : `Attribute '${place.attribute}' can't be a mapping`;
      return fail(problem, markAfterKey(text, node));
    }
    if (!isScalar(node)) return null;
    const type = typeOf(
      node,
      expected === 'hash' ? undefined : expected,
      markAfterScalar(text, node, place === 'list'),
    );
    const source = String(node.value ?? '');
    if (type === undefined || type === 'hash') return guessScalar(source, node.type !== 'PLAIN');
    if (!('id' in ATTRIBUTES[type])) {
      if (type === 'member') return { type, values: { role: createPolicyObject('role', source) } };
      return fail(`No such attribute 'id' on type ${toClassName(type)}`, markAfterScalar(text, node, place === 'list'));
    }
    return createPolicyObject(type, source);
  }

  function readHash(node: YAMLMap): Map<string, unknown> {
    return new Map(node.items.map((pair) => [keyOf(pair), readAnnotation(pair.value as Node | null, keyOf(pair))]));
  }

  function readAnnotation(node: Node | null, name: string): PolicyValue {
    if (!isScalar(node) || node.tag !== undefined || node.anchor) return read(node, undefined, { attribute: name });
    return toScalarText(String(node.value ?? ''), node.type !== 'PLAIN');
  }

  function readObject(node: YAMLMap, type: PolicyType): PolicyObject {
    const object = createPolicyObject(type);
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = keyOf(pair);
      if (seen.has(key)) fail(`Duplicate attribute: ${key}`, markAfterScalar(text, pair.key as Node, false));
      seen.add(key);
      setAttribute(object, key, pair.value as Node | null);
    }
    return object;
  }

  function setAttribute(object: PolicyObject, key: string, node: Node | null): void {
    const attribute = ATTRIBUTES[object.type][key];
    const value = read(node, attribute?.kind === 'hash' ? 'hash' : attribute?.type, { attribute: key });
    const offset = node === null ? text.length : markAfterScalar(text, node, false);
    if (attribute === undefined) fail(`No such attribute '${key}' on type ${toClassName(object.type)}`, offset);
    try {
      object.values[attribute.name] = toAttributeValue(attribute, value);
    } catch (error) {
      if (error instanceof TypeError) fail(error.message, offset);
      throw error;
    }
  }

  function root(node: Node): PolicyValue[] {
    if (isMap(node)) return fail('Unexpected mapping', markAfterKey(text, node));
    if (isScalar(node)) return fail('Unexpected scalar', markAfterScalar(text, node, false));
    const list = read(node, undefined, 'list');
    return Array.isArray(list) ? list : [];
  }

  return { root, fail };
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value ?? '') : String(pair.key);
}

/** `host-factory`, `HostFactory` and `Host-Factory` are all `host_factory`. */
function toTypeName(tagged: string): string {
  const words = tagged.replace(/([A-Z\d]+)([A-Z][a-z])/g, '$1_$2').replace(/([a-z\d])([A-Z])/g, '$1_$2');
  return words.replaceAll('-', '_').toLowerCase();
}
