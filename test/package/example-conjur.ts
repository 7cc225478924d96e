import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createLocalConjur, type LocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { createLocalSecretsManager } from '../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';
import { createConjurClient } from '../../lib/client.ts';
import { authenticatorPolicy } from '../integration/lib/auth/authenticator-policy.ts';
import { createCertificateAuthority } from '../support/certificates.ts';

/** What the examples of the documentation need around them. */
export interface ExampleConjur {
  /** For the process that runs the examples. */
  readonly environment: Readonly<Record<string, string>>;
  /** What stands in the examples, and what it is here. */
  readonly places: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const AWS = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE11',
  secretAccessKey: 'made-up-secret-access-key',
  sessionToken: 'made-up',
  accountId: '123456789012',
  roleName: 'my-role',
};

const POLICY = `
- !group app-owners
- !policy
  id: app
  owner: !group app-owners
  body:
  - !host writer
  - !variable db/password
- !grant { role: !group app-owners, member: !host app/writer }
- !host pair/blue
- !host pair/green
- !permit { role: !host pair/blue, privileges: [ read, update ], resource: !host pair/green }
`;

/** Starts a Conjur, with an identity for each authenticator, and a Secrets Manager. @param directory for certificates and a token */
export async function startExampleConjur(directory: string): Promise<ExampleConjur> {
  const authority = await createCertificateAuthority('example CA');
  const server = await authority.issueServer({ hosts: ['127.0.0.1'] });
  const jwtKeys = await generateKeyPair('ES256');
  const conjur = await createLocalConjur({
    policyLoadMs: 0,
    tls: { ...server, clientCa: authority.cert, clientCertificates: 'optional' },
    iam: { credentials: [AWS] },
    jwt: { jwks: { keys: [{ ...(await exportJWK(jwtKeys.publicKey)), alg: 'ES256' }] } },
  });
  const secretsManager = await createLocalSecretsManager();
  const keys = await defineIdentities(conjur, authority.cert);
  await storeCredential(secretsManager.url, { username: 'host/app/writer', api_key: keys.writer });
  const client = await authority.issueClient({ commonName: 'mesh-app' });
  const files = {
    'ca.pem': authority.cert,
    'client.pem': client.cert,
    'client.key': client.key,
    token: await new SignJWT({ sub: 'pod' })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('10m')
      .sign(jwtKeys.privateKey),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return {
    environment: {
      CYBERARK_API_BASE: conjur.url,
      CYBERARK_API_KEY: conjur.adminApiKey,
      WRITER_API_KEY: keys.writer,
      BLUE_API_KEY: keys.blue,
      AWS_ACCESS_KEY_ID: AWS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: AWS.secretAccessKey,
      AWS_SESSION_TOKEN: AWS.sessionToken,
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
      NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem'),
    },
    places: {
      'https://conjur.example.com': conjur.url,
      '/var/run/secrets/tokens/conjur': join(directory, 'token'),
      '/etc/conjur': directory,
    },
    async close() {
      await Promise.all([conjur.close(), secretsManager.close()]);
    },
  };
}

async function defineIdentities(conjur: LocalConjur, ca: string): Promise<{ writer: string; blue: string }> {
  const admin = createConjurClient({
    baseUrl: conjur.url,
    auth: { type: 'api-key', apiKey: conjur.adminApiKey },
    tls: { ca },
  });
  const { createdRoles } = await admin.loadPolicy('root', POLICY);
  const hosts = {
    'authn-iam/prod': { id: `aws/${AWS.accountId}/${AWS.roleName}` },
    'authn-jwt/kubernetes': { id: 'k8s-app', annotations: { 'authn-jwt/kubernetes/sub': 'pod' } },
    'authn-cert/mesh': { id: 'mesh-app', annotations: { 'authn-cert/mesh/cn': 'mesh-app' } },
  };
  for (const [service, host] of Object.entries(hosts)) {
    await admin.loadPolicy('root', authenticatorPolicy(service, [host]));
  }
  await admin.writeSecret('app/db/password', 'correct horse');
  await admin.close();
  const keyOf = (host: string): string => createdRoles.get(`default:host:${host}`)?.expose() ?? '';
  return { writer: keyOf('app/writer'), blue: keyOf('pair/blue') };
}

async function storeCredential(endpoint: string, content: Record<string, string>): Promise<void> {
  const client = new SecretsManagerClient({ endpoint, region: 'eu-central-1', credentials: AWS });
  await client.send(new CreateSecretCommand({ Name: 'conjur/credential', SecretString: JSON.stringify(content) }));
  client.destroy();
}
