import { inspect } from 'node:util';

/**
 * All text that can be got out of a value: by `util.inspect` with everything shown, by JSON, and by walking over every property,
 * hidden ones, symbols, causes and bytes included.
 */
export function toEvidence(value: unknown): string {
  const parts = [
    inspect(value, { depth: null, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null }),
    toJson(value),
    String(value),
  ];
  walk(value, parts, new Set());
  return parts.join('\n');
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // A cycle: nobody can print it as JSON, and what it holds is walked over.
    return '';
  }
}

function walk(value: unknown, parts: string[], seen: Set<unknown>): void {
  if (typeof value === 'string' || typeof value === 'symbol') parts.push(value.toString());
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    parts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'));
    return;
  }
  if (value instanceof Map || value instanceof Set) for (const entry of value) walk(entry, parts, seen);
  for (const key of Reflect.ownKeys(value)) {
    parts.push(key.toString());
    walk(propertyOf(value, key), parts, seen);
  }
}

function propertyOf(holder: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(holder, key);
  } catch {
    // A getter that throws shows nothing.
    return undefined;
  }
}
