/** The types that a policy may name with a tag, in Conjur's internal spelling. */
export type PolicyType =
  | 'policy'
  | 'user'
  | 'group'
  | 'host'
  | 'layer'
  | 'variable'
  | 'webservice'
  | 'host_factory'
  | 'role'
  | 'resource'
  | 'member'
  | 'grant'
  | 'revoke'
  | 'permit'
  | 'deny'
  | 'delete';

/** A value of an attribute: an object, a scalar, or a list of them. */
export type PolicyValue = PolicyObject | string | number | boolean | null | Map<string, unknown> | PolicyValue[];

/** One tagged node of a policy. An alias gives the same object again, so an id is resolved once however often it is used. */
export interface PolicyObject {
  readonly type: PolicyType;
  readonly values: Record<string, PolicyValue>;
}

const ROLE_TYPES: readonly PolicyType[] = ['user', 'group', 'host', 'layer', 'policy', 'host_factory', 'role'];
const RESOURCE_TYPES: readonly PolicyType[] = [
  'user',
  'group',
  'host',
  'layer',
  'policy',
  'host_factory',
  'variable',
  'webservice',
  'resource',
];

/** Makes an object of a type, without attributes or with its id. */
export function createPolicyObject(type: PolicyType, id?: string): PolicyObject {
  return { type, values: id === undefined ? {} : { id } };
}

/** Makes a reference to a role by its full id (`account:kind:identifier`). */
export function createRoleReference(roleId: string): PolicyObject {
  const [account = '', kind = '', ...id] = roleId.split(':');
  return { type: 'role', values: { account, kind, id: id.join(':') } };
}

/** Whether the value is an object of the policy. */
export function isPolicyObject(value: PolicyValue | undefined): value is PolicyObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/** Whether the object names a role: something that can hold rights. */
export function isRole(object: PolicyObject): boolean {
  return ROLE_TYPES.includes(object.type);
}

/** Whether the object names a resource: something that rights can be held on. */
export function isResource(object: PolicyObject): boolean {
  return RESOURCE_TYPES.includes(object.type);
}

/** Whether the object declares or names a record, and not a relation between records. */
export function isRecord(object: PolicyObject): boolean {
  return isRole(object) || isResource(object);
}

/** The id as it stands in the object; empty when it has none. */
export function idOf(object: PolicyObject): string {
  return typeof object.values.id === 'string' ? object.values.id : '';
}

/** The full id (`account:kind:identifier`) of the role or resource that the object names. */
export function fullIdOf(object: PolicyObject, account: string): string {
  const named = object.type === 'role' || object.type === 'resource';
  const kind = named ? String(object.values.kind ?? '') : object.type;
  return `${String(object.values.account ?? account)}:${kind}:${idOf(object)}`;
}

/** The objects of an attribute, which may be absent, one or a list. */
export function objectsOf(object: PolicyObject, attribute: string): PolicyObject[] {
  return listOf(object.values[attribute]).filter(isPolicyObject);
}

/** The values of an attribute as a list. */
export function listOf(value: PolicyValue | undefined): PolicyValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** All objects that the object refers to, its body left out. */
export function referencedObjects(object: PolicyObject): PolicyObject[] {
  return Object.entries(object.values).flatMap(([name, value]) =>
    name === 'body' ? [] : listOf(value).filter(isPolicyObject),
  );
}

/** A list and its lists made one flat list. */
export function flatten(values: PolicyValue | undefined): PolicyValue[] {
  return listOf(values).flatMap((value) => (Array.isArray(value) ? flatten(value) : [value]));
}
