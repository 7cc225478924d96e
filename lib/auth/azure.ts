import type { Clock } from '../clock.ts';
import type { NameOf } from '../options.ts';
import { type RareAuthenticator, toAuthenticationRequest, toForm } from './authenticator.ts';
import { createMetadataClient, type MetadataService, parseCloudToken } from './metadata.ts';

export interface AzureAuthenticatorOptions {
  readonly account: string;
  readonly login: string;
  /** Of `authn-azure/<id>`. */
  readonly serviceId: string;
  /** Of a user-assigned identity. */
  readonly clientId: string | undefined;
  readonly metadataUrl: URL | undefined;
  readonly clock: Clock;
  readonly nameOf: NameOf;
}

/** The token is for Azure's own management API; Conjur looks only at whom it names. */
const TOKEN_PATH =
  '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F';

/**
 * `POST /authn-azure/{service}/{account}/{login}/authenticate` with `jwt=<token>` as a form. The token comes from the machine's metadata
 * service, anew for each authentication.
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/operations/services/azure_authn.htm
 */
export function createAzureAuthenticator(options: AzureAuthenticatorOptions): RareAuthenticator {
  const { account, login, serviceId, clientId, nameOf, clock } = options;
  const service: MetadataService = {
    name: "Azure's metadata service",
    baseUrl: options.metadataUrl ?? new URL('http://169.254.169.254'),
    headers: { metadata: 'true' },
    advice: `Check that this process runs on an Azure machine that has a managed identity${clientId === undefined ? '' : `, and that it is the one in ${nameOf('auth.clientId')}`}.`,
  };
  const ask = createMetadataClient(service, clock);
  const path = clientId === undefined ? TOKEN_PATH : `${TOKEN_PATH}&client_id=${encodeURIComponent(clientId)}`;
  return {
    advice: `Check that ${nameOf('auth.login')} names a host whose annotations authn-azure/subscription-id and authn-azure/resource-group are those of this machine, that authn-azure/${serviceId} is enabled, and that the host may \`authenticate\` there.`,
    async prepare(refusals, deadline) {
      if (refusals > 0) return undefined;
      const jwt = parseCloudToken(accessTokenOf(await ask(path, deadline)), service);
      return toAuthenticationRequest({ service: ['authn-azure', serviceId], account, login }, toForm({ jwt }));
    },
  };
}

function accessTokenOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { access_token?: unknown } | null)?.access_token;
  } catch {
    // Not JSON: then there is no token either, and the text is not told.
    return undefined;
  }
}
