import { createHash } from 'node:crypto';
import { createApiKey } from './credentials.ts';
import type { Database, Row } from './database.ts';

/** What lets a machine make itself a host. */
export interface HostFactoryToken {
  /** `account:host_factory:identifier` */
  readonly hostFactoryId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** Networks that it may be used from; empty means any. */
  readonly cidrs: readonly string[];
}

/** The tokens of host factories. */
export interface HostFactoryTokens {
  /** The new token's text. */
  create(token: HostFactoryToken): string;
  /** Also one that has expired. */
  find(text: string): HostFactoryToken | undefined;
  delete(text: string): void;
  /** The tokens of a host factory as Conjur shows them to everybody who sees the factory; those of older data files are not known. */
  show(hostFactoryId: string): ShownToken[];
}

export interface ShownToken {
  /** ISO 8601, whole seconds. */
  readonly expiration: string;
  readonly cidr: readonly string[];
  readonly token: string;
}

/** Keeps the tokens in the database. */
export function createHostFactoryTokens(database: Database): HostFactoryTokens {
  return {
    create({ hostFactoryId, expiresAtMs, cidrs }) {
      const text = createApiKey();
      database.run(
        'INSERT INTO host_factory_tokens (token_sha256, resource_id, expires_at_ms, cidrs, token) VALUES (?, ?, ?, ?, ?)',
        ...[digest(text), hostFactoryId, expiresAtMs, JSON.stringify(cidrs), text],
      );
      return text;
    },
    find(text) {
      const row = database.first('SELECT * FROM host_factory_tokens WHERE token_sha256 = ?', digest(text));
      return row === undefined ? undefined : toToken(row);
    },
    show: (hostFactoryId) =>
      database
        .all(
          'SELECT * FROM host_factory_tokens WHERE resource_id = ? AND token IS NOT NULL ORDER BY rowid',
          hostFactoryId,
        )
        .map((row) => toShownToken(String(row.token), toToken(row))),
    delete: (text) => {
      database.run('DELETE FROM host_factory_tokens WHERE token_sha256 = ?', digest(text));
    },
  };
}

/** A token in the form in which it is made and shown. */
export function toShownToken(token: string, { expiresAtMs, cidrs }: HostFactoryToken): ShownToken {
  return { expiration: new Date(expiresAtMs).toISOString().replace(/\.\d+/, ''), cidr: cidrs, token };
}

function toToken(row: Row): HostFactoryToken {
  return {
    hostFactoryId: String(row.resource_id),
    expiresAtMs: Number(row.expires_at_ms),
    cidrs: JSON.parse(String(row.cidrs)),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
