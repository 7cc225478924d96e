import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { internalError } from '../http/reply-error.ts';
import { ATTRIBUTES, toAttributeValue, toClassName } from './attributes.ts';
import { guessScalar, toScalarText } from './guess-scalar.ts';
import { PolicyInvalidError, PolicySyntaxError } from './policy-error.ts';
import {
  createPolicyObject,
  flatten,
  isPolicyObject,
  type PolicyObject,
  type PolicyType,
  type PolicyValue,
} from './policy-object.ts';
import { createReadingPlace, type ReadingPlace, toPlace } from './reading-place.ts';
import { toYamlFault } from './yaml-fault.ts';

/** What an untagged node becomes: an object of a type, a mapping of annotations, or a plain value. */
type Expected = PolicyType | 'hash' | undefined;

/** Where a node stands: in a list, or as the value of an attribute. */
type Where = 'list' | { readonly attribute: string };

/**
 * Reads a policy text into its statements.
 *
 * @throws {PolicySyntaxError} when the text is not YAML.
 * @throws {PolicyInvalidError} for an unknown type or attribute, or a value of the wrong type.
 */
export function parsePolicy(text: string): PolicyValue[] {
  if (FORBIDDEN.test(text)) throw new PolicySyntaxError('control characters are not allowed', 1, 1);
  const lineCounter = new LineCounter();
  const [document, second] = parseAllDocuments(text, { ...YAML_OPTIONS, lineCounter }) as Document[];
  const [error] = document?.errors ?? [];
  if (document && error) throw toSyntaxError(text, lineCounter, document, error);
  if (!document?.contents || (isEmptyScalar(document.contents as Node) && !second)) return [];
  const statements = createReader(createReadingPlace(text, lineCounter)).root(document.contents as Node);
  if (second) {
    const contents = second.range?.[0] ?? text.length;
    const start = text.lastIndexOf('---', contents);
    const { line, column } = toPlace(text, lineCounter, start < 0 ? contents : start + 3);
    throw new PolicyInvalidError(MANY_DOCUMENTS, line, column);
  }
  checkBodies(statements);
  return statements;
}

const YAML_OPTIONS = {
  schema: 'failsafe',
  version: '1.1',
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;
const MANY_DOCUMENTS = 'Multiple YAML documents encountered. Only a single document is permitted per policy.';
// Characters that may stand in a YAML text at all.
const FORBIDDEN = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function toSyntaxError(text: string, lines: LineCounter, document: Document, error: YAMLError): PolicySyntaxError {
  const { message, offset } = toYamlFault(text, document, error);
  const { line, column } = toPlace(text, lines, offset);
  return new PolicySyntaxError(message, line + 1, column + 1);
}

/** A genuine Conjur fails (500) on a policy whose body is neither a list nor left out. */
function checkBodies(statements: readonly PolicyValue[]): void {
  for (const statement of flatten([...statements])) {
    if (!isPolicyObject(statement) || statement.type !== 'policy') continue;
    const body = statement.values.body ?? [];
    if (!Array.isArray(body)) throw internalError();
    checkBodies(body);
  }
}

function isEmptyScalar(node: Node): boolean {
  return isScalar(node) && node.source === '' && node.tag === undefined;
}

/** @param place how far the text has been read: what is wrong is found there. */
function createReader(place: ReadingPlace) {
  const anchors = new Map<string, PolicyValue>();

  function fail(message: string): never {
    const { line, column } = place.now();
    throw new PolicyInvalidError(message, line, column);
  }

  function typeOf(node: Node, expected: Expected): Expected {
    const tag = isAlias(node) ? undefined : node.tag;
    const tagged = /!(.*)/.exec(tag ?? '')?.[1];
    if (tagged === undefined) return expected;
    const name = toTypeName(tagged);
    if (name in ATTRIBUTES) return name as PolicyType;
    return fail(`Unrecognized data type '${tag}'`);
  }

  function read(node: Node | null, expected: Expected, where: Where): PolicyValue {
    const isItem = where === 'list';
    if (node === null || isScalar(node) || isAlias(node)) place.value(node, isItem);
    else place.start(node, isItem);
    if (node === null) return null;
    if (isAlias(node)) return anchors.get((node as Alias).source) ?? null;
    const value = readNode(node, expected, where);
    if (!isScalar(node)) place.end(node);
    if (!('anchor' in node) || !node.anchor) return value;
    const isTaken = anchors.get(node.anchor) ?? false;
    if (isTaken) fail(`Duplicate anchor ${node.anchor}`);
    anchors.set(node.anchor, value);
    return value;
  }

  function readNode(node: Node, expected: Expected, where: Where): PolicyValue {
    if (isSeq(node)) return node.items.map((item) => read(item as Node | null, expected, 'list'));
    if (isMap(node)) return readMap(node, expected, where);
    if (!isScalar(node)) return null;
    const type = typeOf(node, expected);
    const source = String(node.value ?? '');
    // Ruby's own words for the annotations of a record that are no mapping, also where they are left empty.
    if (type === 'hash') return fail("undefined method `id=' for {}:Hash");
    if (type === undefined) return guessScalar(source, node.type !== 'PLAIN');
    if ('id' in ATTRIBUTES[type]) return createPolicyObject(type, source);
    if (type === 'member') return { type, values: { role: createPolicyObject('role', source) } };
    return fail(`No such attribute 'id' on type ${toClassName(type)}`);
  }

  function readMap(node: YAMLMap, expected: Expected, where: Where): PolicyValue {
    const type = typeOf(node, expected);
    if (type === 'hash') return readHash(node);
    if (type !== undefined) return readObject(node, type);
    return fail(
      where === 'list'
        ? 'No type given or inferred for sequence entry'
        : `Attribute '${where.attribute}' can't be a mapping`,
    );
  }

  function readHash(node: YAMLMap): Map<string, unknown> {
    const hash = new Map<string, unknown>();
    for (const pair of node.items) {
      const key = readKey(pair, hash);
      hash.set(key, readAnnotation(pair.value as Node | null, key));
    }
    return hash;
  }

  /** The key of an entry, which must not be there yet. */
  function readKey(pair: Pair, seen: { has(key: string): boolean }): string {
    const key = keyOf(pair);
    place.key(pair);
    if (seen.has(key)) fail(`Duplicate attribute: ${key}`);
    return key;
  }

  function readAnnotation(node: Node | null, name: string): PolicyValue {
    const isPlainText = isScalar(node) && node.tag === undefined && !node.anchor;
    if (!isPlainText) return read(node, undefined, { attribute: name });
    place.value(node, false);
    return toScalarText(String(node.value ?? ''), node.type !== 'PLAIN');
  }

  function readObject(node: YAMLMap, type: PolicyType): PolicyObject {
    const object = createPolicyObject(type);
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = readKey(pair, seen);
      seen.add(key);
      setAttribute(object, key, pair.value as Node | null);
    }
    return object;
  }

  function setAttribute(object: PolicyObject, key: string, node: Node | null): void {
    const attribute = ATTRIBUTES[object.type][key];
    const value = read(node, attribute?.kind === 'hash' ? 'hash' : attribute?.type, { attribute: key });
    if (attribute === undefined) fail(`No such attribute '${key}' on type ${toClassName(object.type)}`);
    try {
      object.values[attribute.name] = toAttributeValue(attribute, value);
    } catch (error) {
      if (error instanceof TypeError) fail(error.message);
      throw error;
    }
  }

  function root(node: Node): PolicyValue[] {
    if (!isSeq(node)) {
      if (isMap(node)) place.start(node, true);
      else place.value(node, true);
      return fail(
        isMap(node)
          ? 'Unexpected mapping'
          : isAlias(node)
            ? `Unexpected alias ${(node as Alias).source}`
            : 'Unexpected scalar',
      );
    }
    return read(node, undefined, 'list') as PolicyValue[];
  }

  return { root };
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value ?? '') : String(pair.key);
}

/** `host-factory`, `HostFactory` and `Host-Factory` are all `host_factory`. */
function toTypeName(tagged: string): string {
  const words = tagged.replace(/([A-Z\d]+)([A-Z][a-z])/g, '$1_$2').replace(/([a-z\d])([A-Z])/g, '$1_$2');
  return words.replaceAll('-', '_').toLowerCase();
}
