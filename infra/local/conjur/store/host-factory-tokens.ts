import { createHash } from 'node:crypto';
import { createApiKey } from './credentials.ts';
import type { Database, Row } from './database.ts';

/** What lets a machine make itself a host. The token itself is told once and not kept. */
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
}

/** Keeps the tokens in the database, by their digest. */
export function createHostFactoryTokens(database: Database): HostFactoryTokens {
  return {
    create({ hostFactoryId, expiresAtMs, cidrs }) {
      const text = createApiKey();
      database.run(
        'INSERT INTO host_factory_tokens (token_sha256, resource_id, expires_at_ms, cidrs) VALUES (?, ?, ?, ?)',
        ...[digest(text), hostFactoryId, expiresAtMs, JSON.stringify(cidrs)],
      );
      return text;
    },
    find(text) {
      const row = database.first('SELECT * FROM host_factory_tokens WHERE token_sha256 = ?', digest(text));
      return row === undefined ? undefined : toToken(row);
    },
    delete: (text) => {
      database.run('DELETE FROM host_factory_tokens WHERE token_sha256 = ?', digest(text));
    },
  };
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
