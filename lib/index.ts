export { createApiKeyAuthenticator } from './authn/api-key.ts';
export type { Authenticator, AuthenticatorKind } from './authn/authenticator.ts';
export type { CertAuthenticatorOptions } from './authn/cert.ts';
export { createCertAuthenticator } from './authn/cert.ts';
export type { ApiKeyCredential, CredentialSource } from './authn/credential-source.ts';
export { createStaticCredential } from './authn/credential-source.ts';
export type { IamAuthenticatorOptions, SignedHeaders } from './authn/iam.ts';
export { createIamAuthenticator } from './authn/iam.ts';
export type { JwtAuthenticatorOptions, JwtSource } from './authn/jwt.ts';
export { createJwtAuthenticator, createJwtFile, createStaticJwt } from './authn/jwt.ts';
export type { SecretsManagerCredentialOptions } from './authn/secrets-manager-credential.ts';
export { createSecretsManagerCredential } from './authn/secrets-manager-credential.ts';
export type { SecretReader, StagingLabel } from './aws/secret-reader.ts';
export type {
  CallOptions,
  ConjurClient,
  ReadSecretOptions,
  ReadSecretsOptions,
  RotateApiKeyOptions,
  WriteSecretOptions,
  WriteSecretsOptions,
} from './client/conjur-client.ts';
export type { ClientProxyOptions, ClientTlsOptions, ConjurClientOptions } from './client/conjur-client-options.ts';
export type { ConjurClientPorts } from './client/create-conjur-client.ts';
export { createConjurClient } from './client/create-conjur-client.ts';
export type { IsPermittedOptions } from './client/is-permitted.ts';
export type { LastRotation } from './client/last-rotation.ts';
export type { ListVariablesOptions, VariablePage } from './client/list-variables.ts';
export type { LoadPolicyOptions, PolicyLoadResult } from './client/load-policy.ts';
export type { Variable } from './client/parse-variable.ts';
export type { SecretValue } from './client/read-secret.ts';
export type { BatchResult, NamedError } from './client/read-secrets.ts';
export type { RotateApiKeyOfOptions } from './client/rotate-api-key-of.ts';
export type { Identity } from './client/whoami.ts';
export type { WriteResult } from './client/write-secret.ts';
export type { BatchWriteResult, SecretWrite } from './client/write-secrets.ts';
export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export { Deadline } from './deadline.ts';
export { ConjurError, isConjurError } from './errors/conjur-error.ts';
export type { ErrorCode } from './errors/error-code.ts';
export { ERROR_STATUS } from './errors/error-code.ts';
export type { Logger } from './logger.ts';
export { parseVariableName } from './names/parse-variable-name.ts';
export { Secret } from './secret.ts';
export type { ParsedSettings, ParseSettingsOptions } from './settings/parse-settings.ts';
export { parseSettings } from './settings/parse-settings.ts';
export type { IamSts, LitellmSettings, ProxySettings, Settings, TlsSettings } from './settings/settings.ts';
export type { AttemptReport } from './transport/conjur-request.ts';
