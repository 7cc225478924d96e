import type { JsonFile } from '../json-file/create-json-file.ts';
import type { KeyRow, KeysFile } from './key-row.ts';

export interface KeyStore {
  /** All keys, newest first. */
  list(): readonly KeyRow[];
  find(tokenId: string): KeyRow | undefined;
  findByAlias(alias: string): KeyRow | undefined;
  /** The key that a token id stands for now: its own row, or the one that replaced it while its grace period lasts. */
  resolve(tokenId: string): KeyRow | undefined;
  insert(row: KeyRow): void;
  remove(rows: readonly KeyRow[]): void;
  /** Lets an old token id stand for the row that replaced it. */
  deprecate(tokenId: string, activeTokenId: string, revokeAtMs: number): void;
  save(): void;
}

export function createKeyStore(file: JsonFile<KeysFile>, now: () => number): KeyStore {
  const { value: state } = file;
  const find = (tokenId: string) => state.keys.find((row) => row.tokenId === tokenId);
  return {
    find,
    list: () => state.keys.toReversed(),
    findByAlias: (alias) => state.keys.find((row) => row.keyAlias === alias),
    resolve(tokenId) {
      const row = find(tokenId);
      if (row !== undefined) return row;
      const old = state.deprecated.find((candidate) => candidate.tokenId === tokenId && candidate.revokeAtMs > now());
      return old && find(old.activeTokenId);
    },
    insert: (row) => void state.keys.push(row),
    remove(rows) {
      state.keys = state.keys.filter((row) => !rows.includes(row));
    },
    deprecate(tokenId, activeTokenId, revokeAtMs) {
      const others = state.deprecated.filter((old) => old.tokenId !== tokenId && old.revokeAtMs > now());
      state.deprecated = [...others, { tokenId, activeTokenId, revokeAtMs }];
    },
    save: () => file.save(),
  };
}
