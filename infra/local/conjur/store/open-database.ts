import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SCHEMA } from './schema.ts';

/**
 * The data file is in use by another process.
 * @example
 * if (error instanceof DataFileLockedError) console.error('Another Conjur is running on this file.');
 */
export class DataFileLockedError extends Error {
  constructor(file: string, cause: unknown) {
    super(`The data file ${file} is in use by another local Conjur. Stop that one, or give --data another file.`, {
      cause,
    });
    this.name = 'DataFileLockedError';
  }
}

/**
 * The file is there and holds something else.
 * @example
 * if (error instanceof NotADataFileError) console.error('Give another path as dataFile.');
 */
export class NotADataFileError extends Error {
  constructor(file: string, cause: unknown) {
    super(`${file} is not a data file of the local Conjur. It was left as it is; give --data another file.`, { cause });
    this.name = 'NotADataFileError';
  }
}

/**
 * Opens (or makes) the database and takes an exclusive lock on it for as long as it is open, so that a second process
 * is refused instead of both writing. A new file can be read by its owner only: api keys and values stand in it.
 *
 * @param file path of the data file, or `:memory:`.
 * @throws {DataFileLockedError} when another process holds the file.
 * @throws {NotADataFileError} when the file is no database.
 */
export function openDatabase(file: string): DatabaseSync {
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec('PRAGMA foreign_keys = ON');
    database.exec(`BEGIN EXCLUSIVE; ${SCHEMA}; COMMIT`);
    addColumn(database, 'host_factory_tokens', 'token TEXT');
  } catch (error) {
    database.close();
    if (primaryCodeOf(error) === SQLITE_BUSY) throw new DataFileLockedError(file, error);
    if (primaryCodeOf(error) === SQLITE_NOTADB) throw new NotADataFileError(file, error);
    throw error;
  }
  return database;
}

/** A data file of an older version has the table without the column. */
function addColumn(database: DatabaseSync, table: string, column: string): void {
  const [name] = column.split(' ');
  const known = database.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, String(name));
  if (known === undefined) database.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
}

const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

/** SQLite's primary result code, which stands in the lowest byte of the extended one. */
function primaryCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}
