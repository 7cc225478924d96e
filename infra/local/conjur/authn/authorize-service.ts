import type { ReplyError } from '../http/reply-error.ts';
import type { ServerContext } from '../server-context.ts';
import { createAuthenticatorConfig } from '../store/authenticator-config.ts';
import { isOriginAllowed } from './api-key-authenticator.ts';
import { refuseLogin } from './refuse-login.ts';

/** One authenticator service, such as `authn-iam/prod`, and a login that comes in through it. */
export interface ServiceLogin {
  /** `authn-iam`, `authn-jwt`, … */
  readonly authenticator: string;
  /** Empty for `authn-gcp`, which has none. */
  readonly service: string;
  readonly account: string;
  readonly clientIp: string;
}

/** The service as it stands in logs. */
export function serviceName({ authenticator, service }: ServiceLogin): string {
  return service === '' ? authenticator : `${authenticator}/${service}`;
}

/** A refusal of this login, for this reason. */
export function refuse(context: ServerContext, login: ServiceLogin, reason: string): ReplyError {
  return refuseLogin(context.log, serviceName(login), reason);
}

/** 401 when no policy has declared the service (`!webservice` in `conjur/<authenticator>/<service>`). */
export function requireService(context: ServerContext, login: ServiceLogin): void {
  if (login.account !== context.account) throw refuse(context, login, `the account ${login.account} does not exist`);
  const id = webserviceId(login);
  if (!context.resources.exists(id)) throw refuse(context, login, `the webservice ${id} does not exist`);
  if (!createAuthenticatorConfig(context).isEnabled(id)) throw refuse(context, login, `the service is switched off`);
}

/** 401 unless the role exists, may `authenticate` with the service, and comes from where it may come from. */
export function authorizeService(context: ServerContext, login: ServiceLogin, roleId: string): void {
  if (roleId.endsWith(':user:admin')) throw refuse(context, login, 'admin may not log in this way');
  if (context.credentials.find(roleId) === undefined) throw refuse(context, login, `the role ${roleId} does not exist`);
  if (!context.permissions.isAllowed(roleId, 'authenticate', webserviceId(login))) {
    throw refuse(context, login, `${roleId} does not have the privilege authenticate on ${webserviceId(login)}`);
  }
  if (!isOriginAllowed(context.credentials, roleId, login.clientIp)) {
    throw refuse(context, login, `${roleId} may not log in from ${login.clientIp}`);
  }
}

/** The value of a variable beside the webservice, such as `conjur/authn-jwt/prod/issuer`; undefined when it has none. */
export function serviceVariable(context: ServerContext, login: ServiceLogin, name: string): string | undefined {
  const id = `${login.account}:variable:conjur/${serviceName(login)}/${name}`;
  return context.secrets.read(id)?.toString();
}

/** Annotations of the role that speak of this service: `authn-jwt/prod/sub` has the name `sub`. */
export function serviceAnnotations(context: ServerContext, login: ServiceLogin, roleId: string): Map<string, string> {
  const rows = context.database.all('SELECT name, value FROM annotations WHERE resource_id = ?', roleId);
  const own = `${serviceName(login)}/`;
  const found = rows.filter((row) => String(row.name).startsWith(own));
  return new Map(found.map((row) => [String(row.name).slice(own.length), String(row.value)]));
}

function webserviceId(login: ServiceLogin): string {
  return `${login.account}:webservice:conjur/${serviceName(login)}`;
}
