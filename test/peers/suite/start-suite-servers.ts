import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { createCertificateAuthority } from '../../support/certificates.ts';

/** What the suite of the Go client asks for: two local Conjurs, and stand-ins for the clouds that it logs in from. */
export interface SuiteServers {
  /** Where everything is, in the suite's own names. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The vendor runs the suite against its newest image; this is the last that has everything that the suite asks for (public keys). */
const SERVER_VERSION = '1.26.1';

/** One of the suite's tokens is for 127.0.0.1 alone, and must be of no use to it: its client stands on another machine than Conjur. */
export const CLIENT_ADDRESS = '127.0.0.2';

/** What the suite's JWTs say, as its policy asks for it. */
const CLAIMS = { iss: 'jwt-server', aud: 'conjur', sub: 'test-workload', email: 'workload@example.com' };

/** The role of AWS, the tenant of Azure and the host of its Google login, as the suite's own policies name them. */
const AWS_ROLE = { accountId: '601277729239', roleName: 'InstanceReadJenkinsExecutorHostFactoryToken' };
const AZURE = {
  tenantId: 'df242c82-fe4a-47e0-b0f4-e3cb7f8104f1',
  subscriptionId: '00000000-0000-4000-8000-000000000001',
  resourceGroup: 'suite',
  userAssigned: { '00000000-0000-4000-8000-000000000002': 'suite-identity' },
};
const GOOGLE_AUDIENCE = 'conjur/conjur/host/data/test/gcp-apps/test-app';
const GOOGLE_PROJECT = 'suite';

/** Made up. */
const AWS_KEYS = { accessKeyId: 'ASIASUITE', secretAccessKey: 'suite-secret', sessionToken: 'suite-session' };

/** @param folder where certificates may be written */
export async function startSuiteServers(folder: string): Promise<SuiteServers> {
  const conjur = await createLocalConjur({
    account: 'conjur',
    serverVersion: SERVER_VERSION,
    dynamicSecrets: true,
    iam: { credentials: [{ ...AWS_KEYS, ...AWS_ROLE }] },
    metadata: { identity: { azure: AZURE, gcp: { projectId: GOOGLE_PROJECT } } },
  });
  const relay = await startRelay(conjur);
  const appliance = await startAppliance(folder);
  const environment = {
    CONJUR_APPLIANCE_URL: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    CONJUR_ACCOUNT: conjur.account,
    CONJUR_AUTHN_LOGIN: 'admin',
    CONJUR_AUTHN_API_KEY: conjur.adminApiKey,
    ...appliance.environment,
    ...(await makeJwt()),
    ...toClouds(),
    GCP_ID_TOKEN: await askGoogle(conjur),
    // The client knows no other address of Azure's metadata service. What it asks of this machine takes no proxy.
    HTTP_PROXY: String(conjur.metadataUrl),
  };
  const close = async () => {
    relay.close();
    await appliance.close();
    await conjur.close();
  };
  return { environment, close };
}

function toClouds(): Record<string, string> {
  const [[clientId = '', identity = ''] = []] = Object.entries(AZURE.userAssigned);
  return {
    TEST_AWS: 'true',
    AWS_ACCESS_KEY_ID: AWS_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_KEYS.secretAccessKey,
    AWS_SESSION_TOKEN: AWS_KEYS.sessionToken,
    AWS_REGION: 'us-east-1',
    TEST_AZURE: 'true',
    AZURE_SUBSCRIPTION_ID: AZURE.subscriptionId,
    AZURE_RESOURCE_GROUP: AZURE.resourceGroup,
    USER_ASSIGNED_IDENTITY: identity,
    USER_ASSIGNED_IDENTITY_CLIENT_ID: clientId,
    TEST_GCP: 'true',
    GCP_PROJECT_ID: GOOGLE_PROJECT,
  };
}

async function askGoogle({ metadataUrl }: LocalConjur): Promise<string> {
  const path = '/computeMetadata/v1/instance/service-accounts/default/identity';
  const query = new URLSearchParams({ audience: GOOGLE_AUDIENCE, format: 'full' });
  const answer = await fetch(`${metadataUrl}${path}?${query}`, {
    headers: { 'metadata-flavor': 'Google' },
    signal: AbortSignal.timeout(10_000),
  });
  return answer.text();
}

/** A Conjur that clients log in to with a certificate: the vendor has that in its appliance. */
async function startAppliance(folder: string): Promise<SuiteServers> {
  const authority = await createCertificateAuthority('suite');
  const server = await authority.issueServer({ hosts: ['127.0.0.1'] });
  const client = await authority.issueClient({ commonName: 'vm-01', uri: 'spiffe://conjur.test/vm-spiffe' });
  const [certFile, keyFile] = [join(folder, 'client.pem'), join(folder, 'client.key')];
  await writeFile(certFile, client.cert);
  await writeFile(keyFile, client.key, { mode: 0o600 });
  const tls = { ...server, clientCa: authority.cert, clientCertificates: 'optional' as const };
  const conjur = await createLocalConjur({ account: 'conjur', serverVersion: SERVER_VERSION, tls });
  const environment = {
    TEST_CERT: 'true',
    TEST_CERT_CA_CERT: authority.cert,
    CONJUR_CERT_APPLIANCE_URL: conjur.url,
    CONJUR_CERT_AUTHN_API_KEY: conjur.adminApiKey,
    CONJUR_CERT_SSL_CERTIFICATE: authority.cert,
    CONJUR_AUTHN_CERT_FILE: certFile,
    CONJUR_AUTHN_CERT_KEY_FILE: keyFile,
  };
  return { environment, close: () => conjur.close() };
}

/** Hands connections on to Conjur from another address of this machine. */
async function startRelay({ url }: LocalConjur): Promise<Server> {
  const { hostname, port } = new URL(url);
  const relay = createServer((client) => {
    const server = connect({ host: hostname, port: Number(port), localAddress: CLIENT_ADDRESS });
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return relay;
}

/** The suite writes the public keys into Conjur, and logs in with the token. */
async function makeJwt(): Promise<Record<string, string>> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const header = { alg: 'RS256', kid: 'suite' };
  const signed = new SignJWT(CLAIMS)
    .setProtectedHeader(header)
    .setIssuedAt()
    .setNotBefore('0s')
    .setExpirationTime('1h');
  const keys = [{ ...(await exportJWK(publicKey)), ...header, use: 'sig' }];
  return { PUBLIC_KEYS: JSON.stringify({ keys }), JWT: await signed.sign(privateKey) };
}
