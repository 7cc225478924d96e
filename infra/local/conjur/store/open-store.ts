import { toTimestamp } from '../policy/load-policy.ts';
import { type CredentialStore, createCredentialStore } from './credentials.ts';
import { createDatabase, type Database } from './database.ts';
import { openDatabase } from './open-database.ts';

/** The data of one account. */
export interface Store {
  readonly database: Database;
  readonly credentials: CredentialStore;
  readonly adminApiKey: string;
}

/** What a store is opened with. */
export interface StoreOptions {
  /** Path of the data file, or `:memory:`. */
  readonly file: string;
  readonly account: string;
  /** Api key of the admin; absent: the one in the data file, or a new one. */
  readonly adminApiKey: string | undefined;
  readonly now: () => number;
}

/**
 * The data file belongs to another account than the one asked for.
 * @example
 * if (error instanceof AccountMismatchError) console.error('Give the account that the file was made with.');
 */
export class AccountMismatchError extends Error {
  constructor(file: string, found: string, wanted: string) {
    super(
      `The data file ${file} holds the account "${found}", not "${wanted}". Give --account ${found} or another --data.`,
    );
    this.name = 'AccountMismatchError';
  }
}

/**
 * Opens the data and sees to it that the account, its admin and its root policy are there.
 *
 * @throws {DataFileLockedError} when another process has the file open.
 * @throws {AccountMismatchError} when the file holds another account.
 */
export function openStore(options: StoreOptions): Store {
  const database = createDatabase(openDatabase(options.file));
  try {
    const credentials = createCredentialStore(database, options.now);
    database.transaction(() => createAccount(database, credentials, options));
    const admin = credentials.find(`${options.account}:user:admin`);
    return { database, credentials, adminApiKey: admin?.apiKey ?? '' };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A text that is kept with the data. */
export interface Setting {
  load(): string | undefined;
  save(value: string): void;
}

/** Reads or writes a setting that is kept with the data. */
export function createSetting(database: Database, name: string): Setting {
  return {
    load: () => {
      const row = database.first('SELECT value FROM settings WHERE name = ?', name);
      return row === undefined ? undefined : String(row.value);
    },
    save: (value: string) => {
      database.run('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', name, value);
    },
  };
}

function createAccount(database: Database, credentials: CredentialStore, options: StoreOptions): void {
  const { account, adminApiKey } = options;
  const setting = createSetting(database, 'account');
  const found = setting.load();
  if (found !== undefined && found !== account) throw new AccountMismatchError(options.file, found, account);
  const admin = `${account}:user:admin`;
  if (found === undefined) {
    const createdAt = toTimestamp(options.now());
    setting.save(account);
    database.run('INSERT INTO roles (role_id, created_at) VALUES (?, ?)', admin, createdAt);
    ensureRootPolicy(database, account, options.now());
    credentials.create(admin);
  }
  // Data files of earlier versions lack the admin as a resource, which owns itself, and some hosts' api keys.
  database.run('UPDATE credentials SET api_key = lower(hex(randomblob(27))) WHERE api_key IS NULL');
  own(database, admin, admin, toTimestamp(options.now()));
  if (adminApiKey !== undefined)
    database.run('UPDATE credentials SET api_key = ? WHERE role_id = ?', adminApiKey, admin);
}

/** Makes the root policy where it is not there: it can be deleted, and comes back with the next load. */
export function ensureRootPolicy(database: Database, account: string, now: number): void {
  const root = `${account}:policy:root`;
  const createdAt = toTimestamp(now);
  database.run('INSERT OR IGNORE INTO roles (role_id, created_at) VALUES (?, ?)', root, createdAt);
  own(database, root, `${account}:user:admin`, createdAt);
}

function own(database: Database, id: string, ownerId: string, createdAt: string): void {
  const resource = 'INSERT OR IGNORE INTO resources (resource_id, owner_id, created_at) VALUES (?, ?, ?)';
  database.run(resource, id, ownerId, createdAt);
  const membership =
    'INSERT OR IGNORE INTO role_memberships (role_id, member_id, admin_option, ownership) VALUES (?, ?, 1, 1)';
  database.run(membership, id, ownerId);
}
