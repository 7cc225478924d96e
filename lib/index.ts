export type { AccessToken } from './auth/access-token.ts';
export type {
  ApiKeyAuth,
  AuthenticatorType,
  AuthOptions,
  AzureAuth,
  CertAuth,
  GcpAuth,
  IamAuth,
  JwtAuth,
  LdapAuth,
  OidcAuth,
  TokenFileAuth,
  TokenProvider,
} from './auth/auth-options.ts';
export type { Authenticator } from './auth/authenticator.ts';
export type { ApiKeyCredential, CredentialSource } from './auth/credential.ts';
export type { SecretReader, StagingLabel } from './auth/secret-reader.ts';
export type {
  ConjurClient,
  ConjurClientDeps,
  ReadSecretOptions,
  ReadSecretsOptions,
  RotateApiKeyOptions,
  WriteSecretOptions,
  WriteSecretsOptions,
} from './client.ts';
export { createConjurClient } from './client.ts';
export type { CallOptions, Clock, Deadline } from './clock.ts';
export type { Environment, FromEnvOptions } from './env.ts';
export { fromEnv } from './env.ts';
export type { Batch, ConjurErrorOptions, ErrorCode, NamedError } from './errors.ts';
export { ConjurError, ERROR_STATUS } from './errors.ts';
export type { AttemptReport, HeldBackReport } from './http/request.ts';
export type { Listing } from './listing.ts';
export type { Logger } from './logger.ts';
export { parseVariableName } from './names.ts';
export type { IamSts } from './options.ts';
export type { LastRotation, RotateApiKeyOfOptions } from './resources/api-keys.ts';
export type {
  CreatedHost,
  CreateHostOptions,
  HostFactoryToken,
  HostFactoryTokenOptions,
} from './resources/host-factory.ts';
export type { IsPermittedOptions } from './resources/is-permitted.ts';
export type { LoadPolicyOptions, PolicyLoadResult } from './resources/load-policy.ts';
export type { ListVariablesOptions, Variable, VariablePage } from './resources/variables.ts';
export type { Identity } from './resources/whoami.ts';
export { Secret } from './secret.ts';
export type { SecretValue } from './secrets/read-secret.ts';
export type { WriteResult } from './secrets/write-secret.ts';
export type { SecretToWrite } from './secrets/write-secrets.ts';
export type {
  ClientProxyOptions,
  ClientTlsOptions,
  ConjurClientOptions,
  Origin,
  Origins,
} from './settings.ts';
