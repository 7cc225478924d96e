import { isIPv4, isIPv6 } from 'node:net';
import {
  createPolicyObject,
  isPolicyObject,
  isResource,
  isRole,
  type PolicyType,
  type PolicyValue,
} from './policy-object.ts';

/** What an attribute holds. `many` attributes take one value or a list. */
export interface Attribute {
  /** Where the value is kept: a plural name stands for the singular one. */
  readonly name: string;
  readonly kind:
    | 'string'
    | 'integer'
    | 'boolean'
    | 'hash'
    | 'role'
    | 'resource'
    | 'record'
    | 'member'
    | 'layer'
    | 'cidr'
    | 'any';
  /** The type that an untagged value of the attribute gets. */
  readonly type?: PolicyType;
}

type Attributes = Readonly<Record<string, Attribute>>;

function one(name: string, kind: Attribute['kind'], type?: PolicyType): Attributes {
  return { [name]: { name, kind, ...(type ? { type } : {}) } };
}

function many(name: string, kind: Attribute['kind'], type?: PolicyType): Attributes {
  const attribute = { name, kind, ...(type ? { type } : {}) };
  return { [name]: attribute, [`${name}s`]: attribute };
}

const RESOURCE: Attributes = {
  ...one('id', 'string'),
  ...one('account', 'string'),
  ...one('owner', 'role'),
  ...one('annotations', 'hash'),
};
const PERMISSION: Attributes = {
  ...many('role', 'role', 'role'),
  ...many('privilege', 'string'),
  ...many('resource', 'resource', 'resource'),
};

/** The attributes of each type (Conjur policy statement reference). */
export const ATTRIBUTES: Readonly<Record<PolicyType, Attributes>> = {
  policy: { ...RESOURCE, ...one('body', 'any') },
  user: {
    ...RESOURCE,
    ...one('uidnumber', 'integer'),
    ...many('public_key', 'string'),
    ...many('restricted_to', 'cidr'),
  },
  group: { ...RESOURCE, ...one('gidnumber', 'integer') },
  host: { ...RESOURCE, ...many('restricted_to', 'cidr') },
  layer: RESOURCE,
  variable: { ...RESOURCE, ...one('kind', 'string'), ...one('mime_type', 'string') },
  webservice: RESOURCE,
  host_factory: { ...RESOURCE, ...one('role', 'role', 'role'), ...many('layer', 'layer', 'layer') },
  role: { ...one('id', 'string'), ...one('kind', 'string'), ...one('account', 'string') },
  resource: { ...RESOURCE, ...one('kind', 'string') },
  member: { ...one('role', 'role', 'role'), ...one('admin', 'boolean') },
  grant: { ...many('role', 'role', 'role'), ...many('member', 'member', 'member') },
  revoke: { ...many('role', 'role', 'role'), ...many('member', 'role', 'role') },
  permit: PERMISSION,
  deny: PERMISSION,
  delete: one('record', 'record'),
};

/** The name of a type or value as Conjur's messages give it. */
export function typeName(value: PolicyType | PolicyValue): string {
  if (value === null) return 'NilClass';
  if (Array.isArray(value)) return 'Array';
  if (value instanceof Map) return 'Hash';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Float';
  if (typeof value === 'boolean') return value ? 'TrueClass' : 'FalseClass';
  if (typeof value === 'string') return 'String';
  return toClassName(value.type);
}

/** `host_factory` → `HostFactory`. */
export function toClassName(type: PolicyType): string {
  return type.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Checks a value against its attribute and brings it to the attribute's form.
 *
 * @throws {TypeError} with Conjur's message when the value does not fit.
 */
export function toAttributeValue(attribute: Attribute, value: PolicyValue): PolicyValue {
  if (attribute.kind === 'any') return value;
  if (Array.isArray(value)) return value.map((item) => toSingleValue(attribute, item));
  return value === null ? null : toSingleValue(attribute, value);
}

function toSingleValue(attribute: Attribute, value: PolicyValue): PolicyValue {
  const { kind, name } = attribute;
  if (kind === 'cidr') return toCidr(value);
  if (kind === 'member' && isPolicyObject(value) && isRole(value))
    return { ...createPolicyObject('member'), values: { role: value } };
  if (kind === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (fits(kind, value)) return value;
  const expected =
    kind === 'hash' || kind === 'string' || kind === 'integer' || kind === 'boolean' ? kind : capitalize(kind);
  throw new TypeError(`Expected a ${expected} for field '${name}', got ${typeName(value)}`);
}

function fits(kind: Attribute['kind'], value: PolicyValue): boolean {
  switch (kind) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'hash':
      return value instanceof Map;
    case 'role':
      return isPolicyObject(value) && isRole(value);
    case 'resource':
      return isPolicyObject(value) && isResource(value);
    case 'record':
      return isPolicyObject(value) && (isRole(value) || isResource(value));
    default:
      return isPolicyObject(value) && value.type === kind;
  }
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** A network in the one form that Conjur takes: no bits to the right of the mask, which a lone address may leave out. */
/** @throws {TypeError} in Conjur's words */
export function toCidr(value: PolicyValue): string {
  if (typeof value !== 'string') throw new TypeError('CIDR argument must be a String');
  const network = parseNetwork(value);
  if (network === undefined) throw new TypeError(`Invalid IP address or CIDR range '${value}'`);
  if (value === network || `${value}/${isIPv6(value) ? 128 : 32}` === network) return network;
  throw new TypeError(
    `Invalid IP address or CIDR range '${value}': Value has bits set to right of mask. Did you mean '${network}'?`,
  );
}

/** The network of an address and its mask, with all bits to the right of it cleared: `10.1.2.3/8` is `10.0.0.0/8`. */
function parseNetwork(text: string): string | undefined {
  const [address = '', mask, ...rest] = text.split('/');
  const size = rest.length > 0 ? 0 : isIPv4(address) ? 32 : isIPv6(address) ? 128 : 0;
  const bits = mask === undefined ? size : toBits(mask);
  if (size === 0 || bits > size) return undefined;
  return `${size === 32 ? maskIPv4(address, bits) : maskIPv6(address, bits)}/${bits}`;
}

/** The length of a mask, which may also be written as an address: `255.255.0.0` is 16. */
function toBits(mask: string): number {
  if (/^(?:0|[1-9]\d{0,2})$/.test(mask)) return Number(mask);
  if (!isIPv4(mask)) return Number.POSITIVE_INFINITY;
  const bits = mask
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.replace(/0*$/, '').length : Number.POSITIVE_INFINITY;
}

function maskIPv4(address: string, bits: number): string {
  return clearBits(address.split('.').map(Number), 8, bits).join('.');
}

function maskIPv6(address: string, bits: number): string {
  // The URL parser writes an address out in its shortest form (RFC 5952).
  const full = (text: string) => new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [head = '', tail] = full(address).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const masked = clearBits(
    groups.map((group) => Number.parseInt(group, 16)),
    16,
    bits,
  );
  return full(masked.map((group) => group.toString(16)).join(':'));
}

function clearBits(parts: number[], width: number, bits: number): number[] {
  return parts.map((part, index) => {
    const kept = Math.min(Math.max(bits - index * width, 0), width);
    return part - (part % 2 ** (width - kept));
  });
}
