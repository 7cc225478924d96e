export { ConjurError, isConjurError } from '../errors/conjur-error.ts';
export type { ErrorCode } from '../errors/error-code.ts';
export { Secret } from '../secret.ts';
export type { SecretsClientOptions } from './create-secrets-client.ts';
export { createSecretsClient } from './create-secrets-client.ts';
export type {
  InvokedError,
  InvokedHealth,
  InvokedReadOptions,
  InvokedRotation,
  InvokedSecret,
  InvokedVariable,
  InvokedWrite,
  InvokeOptions,
  RotationCall,
  SecretsClient,
  SecretToStore,
} from './secrets-client.ts';
