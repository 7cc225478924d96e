import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Database } from './database.ts';

/** What a role logs in with. */
export interface Credentials {
  readonly roleId: string;
  readonly apiKey: string;
  /** Addresses (CIDR) that the role may log in from; empty means any. */
  readonly restrictedTo: readonly string[];
  /** Time of the last change, ISO 8601. */
  readonly updatedAt: string;
}

/** The credentials of users and hosts. */
export interface CredentialStore {
  find(roleId: string): Credentials | undefined;
  /** Makes credentials with a fresh api key; keeps what a role already has. */
  create(roleId: string): Credentials;
  /** Replaces the api key. The old one is dead when this returns. */
  rotate(roleId: string): string;
  isApiKey(roleId: string, candidate: string): boolean;
  isPassword(roleId: string, candidate: string): boolean;
  setPassword(roleId: string, password: string): void;
  restrict(roleId: string, cidrs: readonly string[]): void;
}

const API_KEY_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const API_KEY_LENGTH = 54;

/** A key in the form that Conjur makes them: some 50 characters of lower-case base 32. */
export function createApiKey(): string {
  return Array.from(randomBytes(API_KEY_LENGTH), (byte) => API_KEY_ALPHABET[byte % 32]).join('');
}

/** Keeps credentials in the database. */
export function createCredentialStore(database: Database, now: () => number): CredentialStore {
  const timestamp = () => new Date(now()).toISOString();

  function find(roleId: string): Credentials | undefined {
    const row = database.first('SELECT * FROM credentials WHERE role_id = ?', roleId);
    if (row === undefined) return undefined;
    return {
      roleId,
      apiKey: String(row.api_key),
      restrictedTo: JSON.parse(String(row.restricted_to)),
      updatedAt: String(row.updated_at),
    };
  }

  return {
    find,
    create(roleId) {
      const known = find(roleId);
      if (known) return known;
      const key = createApiKey();
      database.run('INSERT INTO credentials (role_id, api_key, updated_at) VALUES (?, ?, ?)', roleId, key, timestamp());
      return { roleId, apiKey: key, restrictedTo: [], updatedAt: timestamp() };
    },
    rotate(roleId) {
      const key = createApiKey();
      database.run('UPDATE credentials SET api_key = ?, updated_at = ? WHERE role_id = ?', key, timestamp(), roleId);
      return key;
    },
    isApiKey: (roleId, candidate) => {
      const key = find(roleId)?.apiKey;
      return key !== undefined && isSame(Buffer.from(key), Buffer.from(candidate));
    },
    isPassword(roleId, candidate) {
      const hash = database.first('SELECT password_hash FROM credentials WHERE role_id = ?', roleId)?.password_hash;
      if (typeof hash !== 'string') return false;
      const [salt = '', digest = ''] = hash.split(':');
      return isSame(Buffer.from(digest, 'hex'), scryptSync(candidate, salt, 32));
    },
    setPassword(roleId, password) {
      const salt = randomBytes(16).toString('hex');
      const hash = `${salt}:${scryptSync(password, salt, 32).toString('hex')}`;
      database.run('UPDATE credentials SET password_hash = ? WHERE role_id = ?', hash, roleId);
    },
    restrict: (roleId, cidrs) => {
      database.run('UPDATE credentials SET restricted_to = ? WHERE role_id = ?', JSON.stringify(cidrs), roleId);
    },
  };
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
