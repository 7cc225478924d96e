/**
 * A Conjur for development and tests.
 *
 * @example
 * import { createLocalConjur } from 'conjur-local';
 *
 * const conjur = await createLocalConjur({ adminApiKey: 'my-admin-key' });
 * // conjur.url, conjur.account, conjur.adminApiKey
 * await conjur.close();
 * @module
 */
export type { LocalIamOptions, LocalJwtOptions, LocalLdapOptions } from './authn/options.ts';
export type { TestCredentials } from './authn/verify-sts-request.ts';
export {
  createLocalConjur,
  type LocalConjur,
  type LocalConjurOptions,
  type LocalTls,
} from './create-local-conjur.ts';
export type { Edition } from './edition.ts';
export type { SeenRequest } from './http/create-app.ts';
export type { CloudIdentity } from './metadata/cloud-identity.ts';
export { DataFileLockedError, NotADataFileError } from './store/open-database.ts';
export { AccountMismatchError } from './store/open-store.ts';
