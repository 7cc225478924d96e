import type { Database, Row } from './database.ts';

/** Who makes the values of dynamic variables, and with which keys. */
export interface Issuer {
  readonly id: string;
  /** `aws` */
  readonly type: string;
  /** The longest life of what it makes, in seconds. */
  readonly maxTtlSeconds: number;
  /** The keys themselves, or the names of the variables that hold them. */
  readonly data: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly modifiedAt: string;
}

/** The issuers of an account. One goes with the policy that was made for it. */
export interface Issuers {
  find(id: string): Issuer | undefined;
  list(): Issuer[];
  /** Makes an issuer, or sets the lifetime and the keys of the one that is there. */
  save(issuer: Issuer): void;
  /** The dynamic variables that name it. */
  variablesOf(id: string): string[];
}

/** Dynamic variables have no values of their own, and stand here. */
export const DYNAMIC_BRANCH = 'data/dynamic/';

/** The policy in which every issuer has its own. */
export const ISSUERS_POLICY = 'conjur/issuers';

/** How long the values of an issuer may live at most. */
export const TTL_SECONDS = { min: 900, max: 43_200 } as const;

/** Keeps the issuers in the database. */
export function createIssuers(database: Database, account: string): Issuers {
  return {
    find(id) {
      const row = database.first('SELECT * FROM issuers WHERE issuer_id = ?', id);
      return row === undefined ? undefined : toIssuer(row);
    },
    list: () => database.all('SELECT * FROM issuers ORDER BY rowid').map(toIssuer),
    save({ id, type, maxTtlSeconds, data, createdAt, modifiedAt }) {
      database.run(
        `INSERT INTO issuers (issuer_id, policy_id, type, max_ttl, data, created_at, modified_at) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (issuer_id) DO UPDATE SET max_ttl = excluded.max_ttl, data = excluded.data, modified_at = excluded.modified_at`,
        ...[id, `${account}:policy:${ISSUERS_POLICY}/${id}`, type, maxTtlSeconds, JSON.stringify(data)],
        ...[createdAt, modifiedAt],
      );
    },
    variablesOf: (id) =>
      database
        .all("SELECT resource_id FROM annotations WHERE name = 'dynamic/issuer' AND value = ?", id)
        .map((row) => String(row.resource_id))
        .filter((resourceId) => resourceId.startsWith(`${account}:variable:${DYNAMIC_BRANCH}`)),
  };
}

function toIssuer(row: Row): Issuer {
  return {
    id: String(row.issuer_id),
    type: String(row.type),
    maxTtlSeconds: Number(row.max_ttl),
    data: JSON.parse(String(row.data)),
    createdAt: String(row.created_at),
    modifiedAt: String(row.modified_at),
  };
}
