import type { AuthenticatorPorts } from '../authn/create-authenticator.ts';
import type { SecretReader } from '../aws/secret-reader.ts';
import type { Clock } from '../clock.ts';

/** The default ports. AWS's SDK is the heaviest thing that a cold start can meet, so its parts are loaded when first needed. */
export function lazyAuthenticatorPorts(secretReader: SecretReader | undefined, clock: Clock): AuthenticatorPorts {
  let reader = secretReader;
  return {
    async loadSecretReader() {
      reader ??= (await import('../aws/create-secret-reader.ts')).createSecretReader();
      return reader;
    },
    async loadSigner(options) {
      const { createCallerIdentitySigner } = await import('../aws/sign-caller-identity.ts');
      return createCallerIdentitySigner({ ...options, now: () => clock.now() });
    },
  };
}
