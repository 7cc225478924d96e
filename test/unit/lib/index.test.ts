import type { Dispatcher } from 'undici';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as library from '../../../lib/index.ts';

// The types are checked by the compiler (npm run typecheck): a change of what the package promises does not compile here.

type Conjur = library.ConjurClient;
type CallOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly deadline?: library.Deadline | undefined;
};

describe('the public interface', () => {
  it('exports these values', () => {
    expect(Object.keys(library).sort()).toEqual([
      'ConjurError',
      'ERROR_STATUS',
      'Secret',
      'createConjurClient',
      'fromEnv',
      'parseVariableName',
    ]);
  });

  it('has a client of these methods', () => {
    expectTypeOf<keyof Conjur>().toEqualTypeOf<
      | 'readSecret'
      | 'readSecrets'
      | 'writeSecret'
      | 'writeSecrets'
      | 'listVariables'
      | 'showVariable'
      | 'whoami'
      | 'isPermitted'
      | 'loadPolicy'
      | 'deleteVariable'
      | 'rotateApiKey'
      | 'rotateApiKeyOf'
      | 'lastRotation'
      | 'createHostFactoryTokens'
      | 'createHost'
      | 'revokeHostFactoryToken'
      | 'authenticate'
      | 'tokenAgeMs'
      | 'idle'
      | 'close'
      | typeof Symbol.asyncDispose
    >();
  });

  it('reads by these types', () => {
    expectTypeOf<Parameters<Conjur['readSecret']>>().toEqualTypeOf<
      [name: string, options?: library.ReadSecretOptions | undefined]
    >();
    expectTypeOf<library.ReadSecretOptions>().branded.toEqualTypeOf<
      CallOptions & {
        readonly version?: number | undefined;
        readonly fromLeader?: boolean | undefined;
        readonly fresh?: boolean | undefined;
      }
    >();
    expectTypeOf<Awaited<ReturnType<Conjur['readSecret']>>>().toEqualTypeOf<{
      readonly name: string;
      readonly value: library.Secret;
      readonly contentType: string | undefined;
      readonly version: number | undefined;
      readonly stale: boolean;
    }>();
    expectTypeOf<Awaited<ReturnType<Conjur['readSecrets']>>>().toEqualTypeOf<{
      readonly items: readonly library.SecretValue[];
      readonly errors: readonly { readonly name: string; readonly error: library.ConjurError }[];
    }>();
    expectTypeOf<Awaited<ReturnType<Conjur['listVariables']>>>().toEqualTypeOf<{
      readonly variables: readonly library.Variable[];
      readonly nextOffset: number | undefined;
    }>();
    expectTypeOf<Awaited<ReturnType<Conjur['showVariable']>>>().toEqualTypeOf<library.Variable | undefined>();
    expectTypeOf<Awaited<ReturnType<Conjur['isPermitted']>>>().toEqualTypeOf<boolean>();
  });

  it('writes by these types', () => {
    expectTypeOf<Parameters<Conjur['writeSecret']>>().toEqualTypeOf<
      [name: string, value: library.Secret | string | Uint8Array, options?: library.WriteSecretOptions | undefined]
    >();
    expectTypeOf<library.WriteSecretOptions>().branded.toEqualTypeOf<
      CallOptions & {
        readonly reportVersion?: boolean | undefined;
        readonly mimeType?: string | undefined;
        readonly annotations?: Readonly<Record<string, string>> | undefined;
      }
    >();
    expectTypeOf<Awaited<ReturnType<Conjur['writeSecret']>>>().toEqualTypeOf<{
      readonly name: string;
      readonly created: boolean;
      readonly changed: boolean | undefined;
      readonly version: number | undefined;
    }>();
    expectTypeOf<Awaited<ReturnType<Conjur['loadPolicy']>>>().toEqualTypeOf<{
      readonly version: number | undefined;
      readonly createdRoles: ReadonlyMap<string, library.Secret>;
      readonly rolesMayBeMissing: boolean;
    }>();
    expectTypeOf<Awaited<ReturnType<Conjur['deleteVariable']>>>().toEqualTypeOf<void>();
  });

  it('rotates api keys by these types', () => {
    expectTypeOf<Awaited<ReturnType<Conjur['rotateApiKey']>>>().toEqualTypeOf<library.Secret>();
    expectTypeOf<Awaited<ReturnType<Conjur['rotateApiKeyOf']>>>().toEqualTypeOf<library.Secret>();
    expectTypeOf<Awaited<ReturnType<Conjur['lastRotation']>>>().toEqualTypeOf<{
      readonly role: string;
      readonly rotatedAt: string | undefined;
    }>();
  });

  it('is built from options or from settings, and from ports that all have a default', () => {
    expectTypeOf(library.createConjurClient).parameters.toEqualTypeOf<
      [options?: library.ConjurClientOptions | undefined, deps?: library.ConjurClientDeps | undefined]
    >();
    expectTypeOf(library.fromEnv).returns.toEqualTypeOf<library.ConjurClientOptions>();
    expectTypeOf<{
      baseUrl: string;
      auth: { type: 'api-key'; apiKey: string };
    }>().toExtend<library.ConjurClientOptions>();
    expectTypeOf<object>().toExtend<library.ConjurClientDeps>();
    expectTypeOf<library.ConjurClientDeps['dispatcher']>().toEqualTypeOf<Dispatcher | undefined>();
  });

  it('fails by one error with a code', () => {
    expectTypeOf<library.ConjurError['code']>().toEqualTypeOf<library.ErrorCode>();
    expectTypeOf<library.ErrorCode>().toEqualTypeOf<
      | 'invalid_request'
      | 'forbidden'
      | 'secret_not_found'
      | 'policy_conflict'
      | 'payload_too_large'
      | 'unprocessable'
      | 'config_invalid'
      | 'internal'
      | 'authentication_failed'
      | 'upstream_error'
      | 'upstream_unavailable'
      | 'deadline_exceeded'
    >();
    expectTypeOf<library.Authenticator['kind']>().toEqualTypeOf<
      'api-key' | 'azure' | 'cert' | 'gcp' | 'iam' | 'jwt' | 'ldap' | 'oidc' | 'token-file'
    >();
  });
});
