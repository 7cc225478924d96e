import type { SQLOutputValue } from 'node:sqlite';
import type { Database } from './database.ts';

/** How many versions of a value are kept; older ones are dropped (Conjur's default). */
export const VERSION_LIMIT = 20;

/** The values of variables. */
export interface Secrets {
  /** The value of a version, or of the latest one. */
  read(resourceId: string, version?: number): Buffer | undefined;
  /** The latest value of each of these that has one. */
  readLatest(resourceIds: readonly string[]): Map<string, Buffer>;
  /** Adds a version, unless the value is the one that the variable already has. */
  write(resourceId: string, value: Buffer): void;
  /** Forgets when the current value expires. */
  expire(resourceId: string): void;
}

const LATEST_AMONG = `
SELECT s.resource_id, s.value FROM json_each(?) j JOIN secrets s ON s.resource_id = j.value
WHERE s.version = (SELECT max(version) FROM secrets WHERE resource_id = j.value)`;

/**
 * Keeps values in the database.
 *
 * @param areSameValuesOne whether writing the value that a variable has makes no version.
 */
export function createSecrets(database: Database, areSameValuesOne = true): Secrets {
  const latest = (resourceId: string) =>
    database.first(
      'SELECT version, value FROM secrets WHERE resource_id = ? ORDER BY version DESC LIMIT 1',
      resourceId,
    );

  return {
    read(resourceId, version) {
      const row =
        version === undefined
          ? latest(resourceId)
          : database.first('SELECT value FROM secrets WHERE resource_id = ? AND version = ?', resourceId, version);
      return row === undefined ? undefined : toBuffer(row.value);
    },
    readLatest(resourceIds) {
      const rows = database.all(LATEST_AMONG, JSON.stringify(resourceIds));
      return new Map(rows.map((row) => [String(row.resource_id), toBuffer(row.value)]));
    },
    write(resourceId, value) {
      database.transaction(() => {
        const current = latest(resourceId);
        if (areSameValuesOne && current && value.equals(current.value as Uint8Array)) return;
        const version = Number(current?.version ?? 0) + 1;
        database.run('INSERT INTO secrets (resource_id, version, value) VALUES (?, ?, ?)', resourceId, version, value);
        database.run('DELETE FROM secrets WHERE resource_id = ? AND version <= ?', resourceId, version - VERSION_LIMIT);
      });
    },
    expire: (resourceId) => {
      database.run('UPDATE secrets SET expires_at = NULL WHERE resource_id = ?', resourceId);
    },
  };
}

/** The same bytes, not copied: the row is nobody else's. */
function toBuffer(value: SQLOutputValue | undefined): Buffer {
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength);
}
