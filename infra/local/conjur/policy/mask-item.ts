import type { Item } from './take-snapshot.ts';

/** The fields of an item that hold ids. */
const ID_FIELDS = new Set(['identifier', 'owner', 'policy', 'permitted', 'permissions', 'members', 'memberships']);

/** Puts `[REDACTED]` for the ids that a role does not see. Of an item that it does not see only the kind remains. */
export function maskItem(item: Item, visible: ReadonlySet<string>): Item {
  const fields = visible.has(String(item.identifier)) ? Object.entries(item) : sensitiveFields(item);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, ID_FIELDS.has(name) ? maskIds(value, visible) : value]),
  );
}

function sensitiveFields({ identifier, type }: Item): [string, unknown][] {
  return Object.entries({ identifier, type });
}

function maskIds(value: unknown, visible: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => maskIds(item, visible));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, ids]) => [name, maskIds(ids, visible)]));
  }
  if (typeof value !== 'string') return value;
  const [account, kind, name] = value.split(':');
  return `${account}:${kind}:${visible.has(value) ? name : '[REDACTED]'}`;
}
