import type { Database } from './database.ts';

/**
 * Which authenticator services are switched on. One that nobody has switched is on, unless the server is told otherwise: in a
 * genuine Conjur `CONJUR_AUTHENTICATORS` or a switch must name it.
 */
export interface AuthenticatorConfig {
  /** @param webserviceId `account:webservice:conjur/authn-jwt/ci` */
  isEnabled(webserviceId: string): boolean;
  setEnabled(webserviceId: string, isEnabled: boolean): void;
}

/** What the switches need from their surroundings. */
export interface ConfigPorts {
  readonly database: Database;
  /** Whether a service is on that nobody has switched. */
  readonly areAuthenticatorsOn: boolean;
}

/** Keeps the switches in the database. */
export function createAuthenticatorConfig({ database, areAuthenticatorsOn }: ConfigPorts): AuthenticatorConfig {
  return {
    isEnabled(webserviceId) {
      const row = database.first('SELECT enabled FROM authenticator_configs WHERE resource_id = ?', webserviceId);
      return row === undefined ? areAuthenticatorsOn : row.enabled !== 0;
    },
    setEnabled: (webserviceId, isEnabled) => {
      const sql = 'INSERT OR REPLACE INTO authenticator_configs (resource_id, enabled) VALUES (?, ?)';
      database.run(sql, webserviceId, Number(isEnabled));
    },
  };
}
