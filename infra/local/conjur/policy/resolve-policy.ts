import { toClassName } from './attributes.ts';
import { PolicyResolutionError } from './policy-error.ts';
import {
  createRoleReference,
  flatten,
  fullIdOf,
  idOf,
  isPolicyObject,
  isRecord,
  objectsOf,
  type PolicyObject,
  type PolicyValue,
  referencedObjects,
} from './policy-object.ts';

/** Where a policy is loaded: its account and the role that owns what has no other owner. */
export interface PolicyScope {
  readonly account: string;
  readonly ownerId: string;
}

type Visit = (object: PolicyObject, namespace: string | undefined) => void;

/**
 * Gives every id its full path and every record an owner, in Conjur's order of steps, and lays the bodies of policies
 * out into one flat list.
 *
 * @throws {PolicyResolutionError} for a blank, relative or absolute id where none is allowed, and for a record that is
 *   declared twice.
 */
export function resolvePolicy(statements: PolicyValue[], scope: PolicyScope): PolicyObject[] {
  traverse(statements, prependNamespace);
  traverse(statements, resolveRelativePaths);
  traverse(statements, toUserNotation);
  assignOwners(statements, scope.ownerId, scope.account, new Set());
  const flat = flattenBodies(statements, new Set());
  checkDuplicates(flat, scope.account);
  for (const object of flat) checkAbsolute(object);
  return flat;
}

function traverse(values: PolicyValue, visit: Visit, namespace?: string, visited = new Set<PolicyObject>()): void {
  for (const object of objectsIn(values)) {
    if (visited.has(object)) continue;
    visited.add(object);
    visit(object, namespace);
    traverse(referencedObjects(object), visit, namespace, visited);
    if (object.type === 'policy') traverse(object.values.body ?? null, visit, idOf(object), visited);
  }
}

function objectsIn(values: PolicyValue): PolicyObject[] {
  return flatten(values).map((value) => {
    if (isPolicyObject(value)) return value;
    const shown = typeof value === 'string' ? `"${value}":String` : value === null ? 'nil:NilClass' : `${value}`;
    throw new PolicyResolutionError(`undefined method \`referenced_records' for ${shown}`);
  });
}

function prependNamespace(object: PolicyObject, namespace: string | undefined): void {
  if (!isRecord(object)) return;
  const id = idOf(object);
  if (id.trim() === '') {
    if (namespace === undefined) throw new PolicyResolutionError(`${object.type} has a blank id`);
    object.values.id = namespace;
  } else if (!id.startsWith('/') && namespace !== undefined) {
    object.values.id = `${namespace}/${id}`;
  }
}

/**
 * `..` and a leading `/` are allowed in owners, in the members of grants and in the roles of permissions. An annotation
 * with two dots between slashes is a path as well, seen from its record.
 */
function resolveRelativePaths(object: PolicyObject): void {
  const owner = object.values.owner;
  if (isPolicyObject(owner)) resolvePath(owner);
  if (object.type === 'grant') {
    for (const member of objectsOf(object, 'member')) objectsOf(member, 'role').forEach(resolvePath);
  }
  if (object.type === 'revoke') objectsOf(object, 'member').forEach(resolvePath);
  if (object.type === 'permit' || object.type === 'deny') objectsOf(object, 'role').forEach(resolvePath);
  const { annotations } = object.values;
  if (!(annotations instanceof Map)) return;
  for (const [name, value] of annotations) {
    const isPath = String(value).split('/').includes('..');
    if (isPath) annotations.set(name, absolutePath(`${idOf(object)}/${value}`));
  }
}

function resolvePath(object: PolicyObject): void {
  object.values.id = absolutePath(idOf(object));
}

function absolutePath(path: string): string {
  const id = path.replace(/^\//, '');
  const tokens = id.split('/');
  for (let at = tokens.indexOf('..'); at >= 0; at = tokens.indexOf('..')) {
    if (at === 0) throw new PolicyResolutionError(`Invalid relative reference: ${id}`);
    tokens.splice(at - 1, 2);
  }
  if (tokens.length === 0) throw new PolicyResolutionError(`Invalid relative reference: ${id}`);
  return tokens.join('/');
}

/** A user `alice` of the policy `app/dev` is called `alice@app-dev`. */
function toUserNotation(object: PolicyObject): void {
  const isUser = object.type === 'user';
  if (!isUser) return;
  const tokens = idOf(object).split('/');
  if (tokens.includes('..')) throw new PolicyResolutionError(`Invalid relative reference: ${idOf(object)}`);
  const name = tokens.pop() ?? '';
  object.values.id = tokens.length === 0 ? name : `${name}@${tokens.join('-')}`;
}

function assignOwners(values: PolicyValue, ownerId: string, account: string, visited: Set<PolicyObject>): void {
  for (const object of objectsIn(values)) {
    if (visited.has(object)) continue;
    visited.add(object);
    if (isRecord(object) && object.type !== 'role') object.values.owner ??= createRoleReference(ownerId);
    if (object.type === 'policy') assignOwners(object.values.body ?? null, fullIdOf(object, account), account, visited);
  }
}

function flattenBodies(values: PolicyValue, visited: Set<PolicyObject>): PolicyObject[] {
  return objectsIn(values).flatMap((object) => {
    if (visited.has(object)) return [];
    visited.add(object);
    return object.type === 'policy' ? [object, ...flattenBodies(object.values.body ?? null, visited)] : [object];
  });
}

function checkDuplicates(objects: PolicyObject[], account: string): void {
  const seen = new Set<string>();
  for (const object of objects.filter(isRecord)) {
    const key = `${toClassName(object.type)} ${idOf(object)}`;
    if (seen.has(key)) {
      const kind = object.type.replaceAll('_', ' ');
      throw new PolicyResolutionError(`${kind} '${idOf(object)}' in account '${account}' is declared more than once`);
    }
    seen.add(key);
  }
}

function checkAbsolute(object: PolicyObject): void {
  const subjects = isRecord(object)
    ? [object]
    : object.type === 'permit' || object.type === 'deny'
      ? objectsOf(object, 'resource')
      : object.type === 'delete'
        ? objectsOf(object, 'record')
        : objectsOf(object, 'role');
  const absolute = subjects.find((subject) => idOf(subject).startsWith('/'));
  if (absolute) throw new PolicyResolutionError(`Illegal absolute id: ${idOf(absolute)}`);
}
