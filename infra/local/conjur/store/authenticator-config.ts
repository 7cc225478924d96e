import type { Database } from './database.ts';

/**
 * Which authenticator services are switched on. One that nobody has switched is on, unlike in a genuine Conjur: there
 * `CONJUR_AUTHENTICATORS` or a switch must name it.
 */
export interface AuthenticatorConfig {
  /** @param webserviceId `account:webservice:conjur/authn-jwt/ci` */
  isEnabled(webserviceId: string): boolean;
  setEnabled(webserviceId: string, isEnabled: boolean): void;
}

/** Keeps the switches in the database. */
export function createAuthenticatorConfig(database: Database): AuthenticatorConfig {
  return {
    isEnabled(webserviceId) {
      const row = database.first('SELECT enabled FROM authenticator_configs WHERE resource_id = ?', webserviceId);
      return row?.enabled !== 0;
    },
    setEnabled: (webserviceId, isEnabled) => {
      const sql = 'INSERT OR REPLACE INTO authenticator_configs (resource_id, enabled) VALUES (?, ?)';
      database.run(sql, webserviceId, Number(isEnabled));
    },
  };
}
