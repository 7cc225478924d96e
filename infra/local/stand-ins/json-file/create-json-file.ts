import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface Formatted {
  /** Says how the file is laid out, so that another file or another version of it is not taken for this one. */
  readonly format: string;
}

export interface JsonFile<Value> {
  /** The value in memory; change it, then call `save`. */
  readonly value: Value;
  /** Writes the value. When it returns, a crash of the process no longer loses it. */
  save(): void;
}

/**
 * A value that is kept in a JSON file, or only in memory.
 *
 * Each save writes a new file and renames it over the old one, so that a crash leaves one of the two, never half of one. The file
 * is readable by its owner alone (mode 0600), for the stand-ins keep secrets in it. One process may use a file at a time.
 *
 * @param path the file, made with its folder if it does not exist; `:memory:` keeps nothing.
 * @param initial the value where there is no file yet.
 * @throws Error when the file exists and is not JSON of the same `format`.
 */
export function createJsonFile<Value extends Formatted>(path: string, initial: Value): JsonFile<Value> {
  if (path === ':memory:') return { value: initial, save() {} };
  const value = existsSync(path) ? parseFile<Value>(path, initial.format) : initial;
  mkdirSync(dirname(path), { recursive: true });
  return {
    value,
    save() {
      const next = `${path}.next`;
      writeFileSync(next, JSON.stringify(value, null, 1), { mode: 0o600 });
      renameSync(next, path);
    },
  };
}

function parseFile<Value extends Formatted>(path: string, format: string): Value {
  const refusal = `${path} is not a file of the format ${format}. Move it away, or name another with --data.`;
  let parsed: Value | null;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(refusal, { cause });
  }
  if (parsed?.format !== format) throw new Error(refusal);
  return parsed;
}
