import type { Clock } from '../clock.ts';
import type { NameOf } from '../options.ts';
import { type RareAuthenticator, toAuthenticationRequest, toForm } from './authenticator.ts';
import { createMetadataClient, type MetadataService, parseCloudToken } from './metadata.ts';

export interface GcpAuthenticatorOptions {
  readonly account: string;
  /** `host/path/name`. */
  readonly login: string;
  readonly metadataUrl: URL | undefined;
  readonly clock: Clock;
  readonly nameOf: NameOf;
}

/**
 * `POST /authn-gcp/{account}/authenticate` with `jwt=<token>` as a form. The token is made out for the audience
 * `conjur/{account}/{login}` by the machine's metadata service, anew for each authentication; so the path names no host.
 * https://cloud.google.com/compute/docs/instances/verifying-instance-identity
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/operations/services/cjr-gcp-authn.htm
 */
export function createGcpAuthenticator({
  account,
  login,
  metadataUrl,
  clock,
  nameOf,
}: GcpAuthenticatorOptions): RareAuthenticator {
  const service: MetadataService = {
    name: "Google Cloud's metadata service",
    baseUrl: metadataUrl ?? new URL('http://metadata.google.internal'),
    headers: { 'metadata-flavor': 'Google' },
    advice: 'Check that this process runs on a Google Cloud machine that has a service account.',
  };
  const ask = createMetadataClient(service, clock);
  const audience = encodeURIComponent(`conjur/${account}/${login}`);
  const path = `/computeMetadata/v1/instance/service-accounts/default/identity?audience=${audience}&format=full`;
  return {
    advice: `Check that ${nameOf('auth.login')} names a host whose annotations authn-gcp/… are those of this machine (project-id, instance-name, service-account-email), that authn-gcp is enabled, and that the host may \`authenticate\` there.`,
    async prepare(refusals, deadline) {
      if (refusals > 0) return undefined;
      const jwt = parseCloudToken(await ask(path, deadline), service);
      return toAuthenticationRequest({ service: ['authn-gcp'], account, login: undefined }, toForm({ jwt }));
    },
  };
}
