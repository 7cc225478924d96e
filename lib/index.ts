export { createApiKeyAuthenticator } from './auth/api-key.ts';
export type { Authenticator } from './auth/authenticator.ts';
export type { CertAuthenticatorOptions } from './auth/cert.ts';
export { createCertAuthenticator } from './auth/cert.ts';
export type { ApiKeyCredential, CredentialSource } from './auth/credential.ts';
export { createStaticCredential } from './auth/credential.ts';
export type { IamAuthenticatorOptions, SignedHeaders } from './auth/iam.ts';
export { createIamAuthenticator } from './auth/iam.ts';
export type { JwtAuthenticatorOptions, JwtSource } from './auth/jwt.ts';
export { createJwtAuthenticator, createJwtFile, createStaticJwt } from './auth/jwt.ts';
export type { SecretReader, StagingLabel } from './auth/secret-reader.ts';
export type { SecretsManagerCredentialOptions } from './auth/secrets-manager-credential.ts';
export { createSecretsManagerCredential } from './auth/secrets-manager-credential.ts';
export type {
  CallOptions,
  ConjurClient,
  ConjurClientPorts,
  ReadSecretOptions,
  ReadSecretsOptions,
  RotateApiKeyOptions,
  WriteSecretOptions,
  WriteSecretsOptions,
} from './client.ts';
export { createConjurClient } from './client.ts';
export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export { Deadline } from './deadline.ts';
export type { Environment, FromEnvOptions } from './env.ts';
export { fromEnv } from './env.ts';
export type { ErrorCode } from './errors.ts';
export { ConjurError, ERROR_STATUS, isConjurError } from './errors.ts';
export type { AttemptReport } from './http/request.ts';
export type { Logger } from './logger.ts';
export { parseVariableName } from './names.ts';
export type { IamSts } from './options.ts';
export type { LastRotation, RotateApiKeyOfOptions } from './resources/api-keys.ts';
export type { IsPermittedOptions } from './resources/is-permitted.ts';
export type { LoadPolicyOptions, PolicyLoadResult } from './resources/load-policy.ts';
export type { ListVariablesOptions, Variable, VariablePage } from './resources/variables.ts';
export type { Identity } from './resources/whoami.ts';
export { Secret } from './secret.ts';
export type { SecretValue } from './secrets/read-secret.ts';
export type { BatchResult, NamedError } from './secrets/read-secrets.ts';
export type { WriteResult } from './secrets/write-secret.ts';
export type { BatchWriteResult, SecretWrite } from './secrets/write-secrets.ts';
export type {
  ApiKeyAuth,
  AuthenticatorType,
  AuthOptions,
  CertAuth,
  ClientProxyOptions,
  ClientTlsOptions,
  ConjurClientOptions,
  IamAuth,
  JwtAuth,
  Origin,
  Origins,
} from './settings.ts';
