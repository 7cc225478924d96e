import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GOOGLE_ISSUER } from '../authn/gcp-authenticator.ts';
import type { CloudKeys } from '../server-context.ts';
import { type CloudIdentity, DEFAULT_AZURE, DEFAULT_GCP } from './cloud-identity.ts';

/** Life of a token, as both clouds give it. */
const AZURE_LIFE_SECONDS = 86_400;
const GOOGLE_LIFE_SECONDS = 3600;

/** The metadata services of Azure and Google on one address. */
export interface MetadataServer {
  /** Base URL, without a slash at its end: what stands for `http://169.254.169.254` and `http://metadata.google.internal`. */
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Plays the metadata services that a machine of Azure or Google finds. It gives tokens that `authn-azure` and `authn-gcp` of the
 * same local Conjur believe, and refuses requests without the header that proves that no browser was tricked into them.
 *
 * @param isSilent takes connections and never answers, as a machine that is in no cloud may meet it.
 */
export async function startMetadataServer(options: {
  readonly keys: CloudKeys;
  readonly identity: CloudIdentity;
  readonly port: number;
  readonly isSilent: boolean;
}): Promise<MetadataServer> {
  const server = createServer((request, response) => {
    if (options.isSilent) return;
    void answer(options.keys, options.identity, request)
      .catch((error: unknown) => {
        console.error(error);
        return { status: 500, type: 'text/plain', body: 'The token could not be made.' };
      })
      .then((given) => send(response, given));
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

async function answer(keys: CloudKeys, identity: CloudIdentity, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://metadata');
  if (url.pathname === '/metadata/identity/oauth2/token') return answerAzure(keys, identity.azure, url, request);
  if (/^\/computeMetadata\/v1\/instance\/service-accounts\/[^/]+\/identity$/.test(url.pathname))
    return answerGoogle(keys, identity.gcp, url, request);
  return { status: 404, type: 'text/plain', body: 'Not found' };
}

async function answerAzure(
  keys: CloudKeys,
  given: CloudIdentity['azure'],
  url: URL,
  request: IncomingMessage,
): Promise<Answer> {
  if (request.headers.metadata !== 'true') return azureFault('Required metadata header not specified');
  const resource = url.searchParams.get('resource');
  if (!/^\d{4}-\d\d-\d\d$/.test(url.searchParams.get('api-version') ?? '')) return azureFault('Missing api-version');
  if (resource === null) return azureFault('Missing resource');
  const own = { ...DEFAULT_AZURE, ...given };
  const clientId = url.searchParams.get('client_id');
  const name = clientId === null ? undefined : own.userAssigned[clientId];
  if (clientId !== null && name === undefined) return azureFault('Identity not found');
  const machine = `Microsoft.Compute/virtualMachines/${own.virtualMachine}`;
  const provider = name === undefined ? machine : `Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  const token = await keys.sign(
    {
      iss: `https://sts.windows.net/${own.tenantId}/`,
      aud: resource,
      oid: name === undefined ? own.objectId : clientId,
      tid: own.tenantId,
      xms_mirid: `/subscriptions/${own.subscriptionId}/resourcegroups/${own.resourceGroup}/providers/${provider}`,
    },
    AZURE_LIFE_SECONDS,
  );
  const body = { access_token: token, expires_in: String(AZURE_LIFE_SECONDS), resource, token_type: 'Bearer' };
  return { status: 200, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

function azureFault(description: string): Answer {
  const body = { error: 'invalid_request', error_description: description };
  return { status: 400, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

async function answerGoogle(
  keys: CloudKeys,
  given: CloudIdentity['gcp'],
  url: URL,
  request: IncomingMessage,
): Promise<Answer> {
  if (request.headers['metadata-flavor'] !== 'Google')
    return { status: 403, type: 'text/html', body: 'Missing required header: Metadata-Flavor' };
  const audience = url.searchParams.get('audience');
  if (!audience) return { status: 400, type: 'text/html', body: 'non-empty audience parameter required' };
  const own = { ...DEFAULT_GCP, ...given };
  const machine = { project_id: own.projectId, instance_name: own.instanceName };
  const full = url.searchParams.get('format') === 'full';
  const token = await keys.sign(
    {
      iss: GOOGLE_ISSUER,
      aud: audience,
      sub: own.serviceAccountId,
      ...(full ? { email: own.serviceAccountEmail, email_verified: true, google: { compute_engine: machine } } : {}),
    },
    GOOGLE_LIFE_SECONDS,
  );
  return { status: 200, type: 'text/html', body: token };
}
