import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { internalError } from '../http/conjur-error.ts';
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
import { checkYaml, type Places } from './yaml/check-yaml.ts';
import { type Mark, YamlFault } from './yaml/cursor.ts';

/** What an untagged node becomes: an object of a type, a mapping of annotations, or a plain value. */
type Expected = PolicyType | 'hash' | undefined;

/** Where a node stands: in a list, or as the value of an attribute. */
type Place = 'list' | { readonly attribute: string };

/**
 * Reads a policy text into its statements.
 *
 * @throws {PolicySyntaxError} when the text is not YAML.
 * @throws {PolicyInvalidError} for an unknown type or attribute, or a value of the wrong type.
 */
export function parsePolicy(text: string): PolicyValue[] {
  const { nodes, documents } = findPlaces(text);
  const options = { schema: 'failsafe', version: '1.1', uniqueKeys: false, logLevel: 'silent' } as const;
  const [document] = parseAllDocuments(text, options) as Document[];
  const [, second] = documents;
  const [unreadable] = document?.errors ?? [];
  // A text that libyaml takes and the library that reads it here does not: better refused than read wrong.
  if (unreadable) throw new PolicySyntaxError(unreadable.message, 1, 1);
  if (!document?.contents || (isEmptyScalar(document.contents as Node) && !second)) return [];
  const statements = createReader(nodes).root(document.contents as Node);
  if (second)
    throw invalidAt(second, 'Multiple YAML documents encountered. Only a single document is permitted per policy.');
  checkBodies(statements);
  return statements;
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

function findPlaces(text: string): Places {
  try {
    return checkYaml(text);
  } catch (error) {
    if (error instanceof YamlFault)
      throw new PolicySyntaxError(error.message, error.mark.line + 1, error.mark.column + 1);
    throw error;
  }
}

function isEmptyScalar(node: Node): boolean {
  return isScalar(node) && node.source === '' && node.tag === undefined;
}

function invalidAt({ line, column }: Mark, message: string): PolicyInvalidError {
  return new PolicyInvalidError(message, line, column);
}

/** @param places where the parser tells of each node: what is wrong is found there. */
function createReader(places: readonly Mark[]) {
  const anchors = new Map<string, PolicyValue>();
  let told = 0;

  function advance(): void {
    told += 1;
  }

  function fail(message: string): never {
    throw invalidAt(places[told - 1] ?? { index: 0, line: 0, column: 0 }, message);
  }

  function typeOf(node: Node, expected: Expected): Expected {
    const tag = isAlias(node) ? undefined : node.tag;
    const tagged = /!(.*)/.exec(tag ?? '')?.[1];
    if (tagged === undefined) return expected;
    const name = toTypeName(tagged);
    if (name in ATTRIBUTES) return name as PolicyType;
    return fail(`Unrecognized data type '${tag}'`);
  }

  function read(node: Node | null, expected: Expected, place: Place): PolicyValue {
    advance();
    if (node === null) return null;
    if (isAlias(node)) return anchors.get((node as Alias).source) ?? null;
    const value = readNode(node, expected, place);
    if (!isScalar(node)) advance();
    if (!('anchor' in node) || !node.anchor) return value;
    const isTaken = anchors.get(node.anchor) ?? false;
    if (isTaken) fail(`Duplicate anchor ${node.anchor}`);
    anchors.set(node.anchor, value);
    return value;
  }

  function readNode(node: Node, expected: Expected, place: Place): PolicyValue {
    if (isSeq(node)) return node.items.map((item) => read(item as Node | null, expected, 'list'));
    if (isMap(node)) return readMap(node, expected, place);
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

  function readMap(node: YAMLMap, expected: Expected, place: Place): PolicyValue {
    const type = typeOf(node, expected);
    if (type === 'hash') return readHash(node);
    if (type !== undefined) return readObject(node, type);
    return fail(
      place === 'list'
        ? 'No type given or inferred for sequence entry'
        : `Attribute '${place.attribute}' can't be a mapping`,
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
    advance();
    if (seen.has(key)) fail(`Duplicate attribute: ${key}`);
    return key;
  }

  function readAnnotation(node: Node | null, name: string): PolicyValue {
    const isPlainText = isScalar(node) && node.tag === undefined && !node.anchor;
    if (!isPlainText) return read(node, undefined, { attribute: name });
    advance();
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
      advance();
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
