import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import { parsePolicy } from '../../../../infra/local/conjur/policy/parse-policy.ts';
import { createPolicyObject, createRoleReference } from '../../../../infra/local/conjur/policy/policy-object.ts';
import { type PolicyRows, toPolicyRows } from '../../../../infra/local/conjur/policy/policy-rows.ts';
import { resolvePolicy } from '../../../../infra/local/conjur/policy/resolve-policy.ts';
import { isConjurError } from '../../../../lib/errors.ts';
import { buildVariableDeletion, buildVariablePolicy } from '../../../../lib/secrets/policy-document.ts';
import type { VariableDefinition } from '../../../../lib/secrets/variable-policy.ts';
import { parseVariableDefinition, toBranchRelativeId } from '../../../../lib/secrets/variable-policy.ts';
import { findProgram } from '../../../support/find-program.ts';
import { hostileDefinition } from './hostile-definitions.ts';

const DOCUMENTS = 2_000;
/** In one document, as a call with many secrets makes them: so 10,000 cases. */
const PER_DOCUMENT = 5;
const GRANTS = { read: ['group:litellm/readers'], write: ['group:litellm/writers', 'host:apps/one'] };

type Tree = readonly [tag: string, value: string | readonly Tree[] | readonly (readonly [Tree, Tree])[]];

/** What came of the cases, filled by the first test for the second. */
const documents: { readonly text: string; readonly tree: Tree }[] = [];

describe('10,000 hostile definitions', () => {
  it('are refused, or define just that variable with just these annotations and permits', { timeout: 120_000 }, () => {
    const count = { refused: 0, defined: 0 };
    const property = fc.property(
      fc.array(hostileDefinition, { minLength: PER_DOCUMENT, maxLength: PER_DOCUMENT }),
      (all) => {
        const accepted = withoutDoubles(all.filter(isAccepted));
        count.refused += all.filter((definition) => !isAccepted(definition)).length;
        count.defined += accepted.length;
        if (accepted.length === 0) return;
        const text = buildVariablePolicy('litellm', accepted, GRANTS);
        documents.push({ text, tree: expectedTree(accepted) });
        expect(loadIntoBranch(text)).toEqual(expectedRows(accepted));
        expect(parseAs11(text)).toEqual(expectedTree(accepted));
      },
    );
    fc.assert(property, { numRuns: DOCUMENTS, endOnFailure: true });
    console.log(`of 10,000 hostile definitions ${count.refused} were refused and ${count.defined} defined as they are`);
    // Neither side may be empty, or the test would say little.
    expect(count.refused).toBeGreaterThan(1_000);
    expect(count.defined).toBeGreaterThan(1_000);
  });

  it('mean the same to libyaml, the parser that Conjur itself uses', ({ skip }) => {
    const lack = findLack();
    if (lack !== undefined) console.warn(`NOT RUN: the comparison with libyaml, since ${lack}.`);
    skip(lack !== undefined, lack);
    const script = fileURLToPath(new URL('compose-yaml.py', import.meta.url));
    const input = JSON.stringify(documents.map(({ text }) => text));
    const { stdout, stderr } = spawnSync('python3', ['-B', script], { input, maxBuffer: 2 ** 28, timeout: 60_000 });
    expect(stderr.toString()).toBe('');
    const trees = JSON.parse(stdout.toString()) as unknown[];
    expect(trees).toHaveLength(documents.length);
    documents.forEach(({ tree }, index) => {
      expect(trees[index]).toEqual(tree);
    });
  });
});

describe('a deletion of a hostile name', () => {
  it('is refused, or deletes just that variable', () => {
    const property = fc.property(hostileDefinition, ({ name }) => {
      if (!isAccepted({ name })) return;
      const tree = parseAs11(buildVariableDeletion('litellm', name));
      const record: Tree = ['!variable', toBranchRelativeId(name, 'litellm')];
      expect(tree).toEqual(['seq', [['!delete', [[['str', 'record'], record]]]]]);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

/** What the client asks before it builds a document. Whatever else is thrown fails the test. */
function isAccepted(definition: VariableDefinition): boolean {
  try {
    toBranchRelativeId(parseVariableDefinition(definition).name, 'litellm');
    return true;
  } catch (error) {
    if (isConjurError(error, 'invalid_request')) return false;
    throw error;
  }
}

function withoutDoubles(definitions: readonly VariableDefinition[]): VariableDefinition[] {
  return [...new Map(definitions.map((definition) => [definition.name, definition])).values()];
}

/** The rows that the local Conjur would write for the document. */
function loadIntoBranch(text: string): PolicyRows {
  const branch = createPolicyObject('policy', 'litellm');
  branch.values.owner = createRoleReference('default:user:admin');
  branch.values.body = parsePolicy(text);
  const objects = resolvePolicy([branch], { account: 'default', ownerId: 'default:user:admin' });
  const roles = new Set(['default:user:admin', ...[...GRANTS.read, ...GRANTS.write].map((role) => `default:${role}`)]);
  return toPolicyRows(objects, 'default', { hasRole: (id) => roles.has(id), hasResource: () => false });
}

function expectedRows(definitions: readonly VariableDefinition[]): unknown {
  const ids = definitions.map(({ name }) => `default:variable:${name}`);
  const permit = (role: string, privileges: string[]) =>
    privileges.flatMap((privilege) => ids.map((resourceId) => ({ privilege, resourceId, roleId: `default:${role}` })));
  const permissions = [
    ...GRANTS.read.flatMap((role) => permit(role, ['read', 'execute'])),
    ...GRANTS.write.flatMap((role) => permit(role, ['read', 'update'])),
  ];
  const annotations = definitions.flatMap(({ name, mimeType, annotations: given = {} }) =>
    [...Object.entries(given), ...(mimeType === undefined ? [] : [['conjur/mime_type', mimeType]])].map(
      ([key, value]) => ({ resourceId: `default:variable:${name}`, name: key, value }),
    ),
  );
  const owned = { adminOption: true, ownership: true };
  return {
    roles: ['default:policy:litellm'],
    resources: [
      { id: 'default:policy:litellm', ownerId: 'default:user:admin' },
      ...ids.map((id) => ({ id, ownerId: 'default:policy:litellm' })),
    ],
    memberships: [{ roleId: 'default:policy:litellm', memberId: 'default:user:admin', ...owned }],
    publicKeys: [],
    permissions: expect.toSatisfy((rows: unknown[]) => isSameSet(rows, permissions)),
    annotations: expect.toSatisfy((rows: unknown[]) => isSameSet(rows, annotations)),
    restrictions: [],
  };
}

function isSameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  const sorted = (rows: readonly unknown[]): string[] =>
    rows.map((row) => JSON.stringify(Object.entries(row as object).sort())).sort();
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** The document as it should be: every text from outside in the place that it was given for, as a string. */
function expectedTree(definitions: readonly VariableDefinition[]): Tree {
  const idOf = (name: string): string => toBranchRelativeId(name, 'litellm');
  const text = (value: string): Tree => ['str', value];
  const variables = definitions.map(({ name, mimeType, annotations = {} }): Tree => {
    const notes = Object.entries(annotations).map(([key, value]) => [text(key), text(value)] as const);
    const fields: (readonly [Tree, Tree])[] = [[text('id'), text(idOf(name))]];
    if (mimeType !== undefined) fields.push([text('mime_type'), text(mimeType)]);
    if (notes.length > 0) fields.push([text('annotations'), ['map', notes]]);
    return ['!variable', fields];
  });
  const resources: Tree = ['seq', definitions.map(({ name }): Tree => ['!variable', idOf(name)])];
  const permit = (role: string, privileges: string[]): Tree => {
    const [kind = '', id = ''] = role.split(':');
    return [
      '!permit',
      [
        [text('role'), [`!${kind}`, `/${id}`]],
        [text('privileges'), ['seq', privileges.map(text)]],
        [text('resources'), resources],
      ],
    ];
  };
  const reads = GRANTS.read.map((role) => permit(role, ['read', 'execute']));
  const writes = GRANTS.write.map((role) => permit(role, ['read', 'update']));
  return ['seq', [...variables, ...reads, ...writes]];
}

/** One document of YAML 1.1 without anchors and aliases, as a tree of tags and texts. */
function parseAs11(text: string): Tree {
  const parsed = parseAllDocuments(text, { version: '1.1', schema: 'yaml-1.1', logLevel: 'silent' });
  const [document, ...more] = Array.isArray(parsed) ? parsed : [];
  expect(more).toEqual([]);
  expect(document?.errors).toEqual([]);
  return toTree(document?.contents as Node);
}

function toTree(node: Node): Tree {
  if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) throw new Error('an anchor or alias came up');
  if (isSeq(node)) return [node.tag ?? 'seq', node.items.map((item) => toTree(item as Node))];
  if (isMap(node)) {
    return [
      node.tag ?? 'map',
      node.items.map(({ key, value }) => [toTree(key as Node), toTree(value as Node)] as const),
    ];
  }
  if (isScalar(node) && typeof node.value === 'string') return [node.tag ?? 'str', node.value];
  throw new Error('a scalar that is no string came up');
}

function findLack(): string | undefined {
  if (findProgram('python3') === undefined) return 'there is no python3';
  const { status } = spawnSync('python3', ['-c', 'import yaml; yaml.CSafeLoader']);
  return status === 0 ? undefined : 'python3 has no PyYAML with libyaml (pip install pyyaml)';
}
