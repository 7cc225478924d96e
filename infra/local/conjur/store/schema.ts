/**
 * The tables, in Conjur's own shape: who loaded a record (`policy_id`) decides what a policy load may change, and a
 * record takes everything that hangs on it along when it is deleted.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS roles (
  role_id TEXT PRIMARY KEY,
  created_at TEXT NOT NULL,
  policy_id TEXT REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE IF NOT EXISTS resources (
  resource_id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL REFERENCES roles (role_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  created_at TEXT NOT NULL,
  policy_id TEXT REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE IF NOT EXISTS role_memberships (
  role_id TEXT NOT NULL REFERENCES roles (role_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  member_id TEXT NOT NULL REFERENCES roles (role_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  admin_option INTEGER NOT NULL,
  ownership INTEGER NOT NULL,
  policy_id TEXT REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (role_id, member_id, ownership)
);

CREATE TABLE IF NOT EXISTS permissions (
  privilege TEXT NOT NULL,
  resource_id TEXT NOT NULL REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  role_id TEXT NOT NULL REFERENCES roles (role_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  policy_id TEXT REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (resource_id, privilege, role_id)
);

CREATE TABLE IF NOT EXISTS annotations (
  resource_id TEXT NOT NULL REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  policy_id TEXT REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (resource_id, name)
);

CREATE TABLE IF NOT EXISTS secrets (
  resource_id TEXT NOT NULL REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  version INTEGER NOT NULL,
  value BLOB NOT NULL,
  expires_at TEXT,
  PRIMARY KEY (resource_id, version)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS credentials (
  role_id TEXT PRIMARY KEY REFERENCES roles (role_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  api_key TEXT,
  password_hash TEXT,
  restricted_to TEXT NOT NULL DEFAULT '[]',
  updated_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS policy_versions (
  resource_id TEXT NOT NULL REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  version INTEGER NOT NULL,
  role_id TEXT NOT NULL REFERENCES roles (role_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  created_at TEXT NOT NULL,
  finished_at TEXT,
  policy_text TEXT NOT NULL,
  policy_sha256 TEXT NOT NULL,
  client_ip TEXT NOT NULL,
  PRIMARY KEY (resource_id, version)
);

CREATE TABLE IF NOT EXISTS authenticator_configs (
  resource_id TEXT PRIMARY KEY REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  enabled INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS host_factory_tokens (
  token_sha256 TEXT PRIMARY KEY,
  resource_id TEXT NOT NULL REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  expires_at_ms INTEGER NOT NULL,
  cidrs TEXT NOT NULL,
  token TEXT
);

CREATE TABLE IF NOT EXISTS issuers (
  issuer_id TEXT PRIMARY KEY,
  policy_id TEXT NOT NULL REFERENCES resources (resource_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  type TEXT NOT NULL,
  max_ttl INTEGER NOT NULL,
  data TEXT NOT NULL,
  created_at TEXT NOT NULL,
  modified_at TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS roles_by_policy ON roles (policy_id);
CREATE INDEX IF NOT EXISTS resources_by_policy ON resources (policy_id);
CREATE INDEX IF NOT EXISTS resources_by_owner ON resources (owner_id);
CREATE INDEX IF NOT EXISTS memberships_by_policy ON role_memberships (policy_id);
CREATE INDEX IF NOT EXISTS memberships_by_member ON role_memberships (member_id);
CREATE INDEX IF NOT EXISTS permissions_by_policy ON permissions (policy_id);
CREATE INDEX IF NOT EXISTS permissions_by_role ON permissions (role_id, resource_id);
CREATE INDEX IF NOT EXISTS annotations_by_policy ON annotations (policy_id);
CREATE INDEX IF NOT EXISTS policy_versions_by_role ON policy_versions (role_id);

CREATE VIRTUAL TABLE IF NOT EXISTS resource_search USING fts5 (
  resource_id UNINDEXED, words, tokenize = 'porter unicode61 remove_diacritics 0'
);
CREATE TRIGGER IF NOT EXISTS resource_search_insert AFTER INSERT ON resources BEGIN
  INSERT INTO resource_search (rowid, resource_id, words) VALUES (new.rowid, new.resource_id, substr(new.resource_id, instr(new.resource_id, ':')));
END;
CREATE TRIGGER IF NOT EXISTS resource_search_delete AFTER DELETE ON resources BEGIN
  DELETE FROM resource_search WHERE rowid = old.rowid;
END;
CREATE TRIGGER IF NOT EXISTS annotation_search_insert AFTER INSERT ON annotations BEGIN
  UPDATE resource_search SET words = words || ' ' || new.value
  WHERE rowid = (SELECT rowid FROM resources WHERE resource_id = new.resource_id);
END;
CREATE TRIGGER IF NOT EXISTS annotation_search_change AFTER UPDATE OF value ON annotations BEGIN
  UPDATE resource_search SET words = substr(new.resource_id, instr(new.resource_id, ':')) || ' ' || (
    SELECT group_concat(value, ' ') FROM annotations WHERE resource_id = new.resource_id
  )
  WHERE rowid = (SELECT rowid FROM resources WHERE resource_id = new.resource_id);
END;
CREATE TRIGGER IF NOT EXISTS annotation_search_delete AFTER DELETE ON annotations BEGIN
  UPDATE resource_search SET words = substr(old.resource_id, instr(old.resource_id, ':')) || ' ' || coalesce((
    SELECT group_concat(value, ' ') FROM annotations WHERE resource_id = old.resource_id
  ), '')
  WHERE rowid = (SELECT rowid FROM resources WHERE resource_id = old.resource_id);
END
`;
