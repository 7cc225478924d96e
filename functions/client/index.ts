export type { ErrorCode } from '../../lib/errors.ts';
export { ConjurError, isConjurError } from '../../lib/errors.ts';
export { Secret } from '../../lib/secret.ts';
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
} from './calls.ts';
export type { SecretsClientOptions } from './secrets-client.ts';
export { createSecretsClient } from './secrets-client.ts';
