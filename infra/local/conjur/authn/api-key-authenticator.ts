import type { CredentialStore } from '../store/credentials.ts';
import { isAddressAllowed } from './is-address-allowed.ts';
import { toRoleId } from './login.ts';

/** Someone who wants to log in. */
export interface LoginAttempt {
  readonly account: string;
  readonly login: string;
  readonly clientIp: string;
}

/** The role of the attempt, when the secret is its api key and it may come from that address. */
export function authenticateByApiKey(
  credentials: CredentialStore,
  attempt: LoginAttempt,
  apiKey: string,
): string | undefined {
  const roleId = toRoleId(attempt.account, attempt.login);
  return credentials.isApiKey(roleId, apiKey) && isOriginAllowed(credentials, roleId, attempt.clientIp)
    ? roleId
    : undefined;
}

/** The role of the attempt by basic auth, from any address: a user's password is as good as the api key. */
export function authenticateByPassword(
  credentials: CredentialStore,
  attempt: LoginAttempt,
  password: string,
): string | undefined {
  const roleId = toRoleId(attempt.account, attempt.login);
  const isKnown = credentials.isApiKey(roleId, password) || credentials.isPassword(roleId, password);
  return isKnown ? roleId : undefined;
}

/** Whether the role may log in from the address (`restricted_to` of its policy). */
export function isOriginAllowed(credentials: CredentialStore, roleId: string, clientIp: string): boolean {
  return isAddressAllowed(clientIp, credentials.find(roleId)?.restrictedTo ?? []);
}
