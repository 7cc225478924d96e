export type { Batch, NamedError } from '../../lib/errors.ts';
export { ConjurError } from '../../lib/errors.ts';
export type { Listing } from '../../lib/listing.ts';
export { Secret } from '../../lib/secret.ts';
export type {
  InvokedHealth,
  InvokedRotation,
  InvokedSecret,
  InvokedVariable,
  InvokedVariablePage,
  InvokedWrite,
} from '../contract/answers.ts';
export type { FunctionError, FunctionErrorCode } from '../contract/error-codes.ts';
export type {
  InvokedListOptions,
  InvokedReadOptions,
  InvokedWriteOptions,
  InvokedWritesOptions,
  InvokeOptions,
  RotationCall,
  SecretsClient,
  SecretToStore,
} from './calls.ts';
export type { SecretsClientOptions } from './secrets-client.ts';
export { createSecretsClient } from './secrets-client.ts';
