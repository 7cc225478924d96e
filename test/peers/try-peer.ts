import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalConjur, type LocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { type ConjurClient, createConjurClient } from '../../lib/index.ts';
import { createSelfSigned } from '../support/certificates.ts';
import { runProgram } from '../support/run-node.ts';
import type { Command, Peer } from './peer.ts';
import { type Check, parseTap } from './tap.ts';
import { TOPICS } from './topics.ts';

const SEED = readFileSync(join(import.meta.dirname, 'seed-policy.yml'), 'utf8');

/** What one client writes and the other reads. */
const VALUE = 'ünï "quoted" 100% & a+b=c; $HOME';

const READER = 'host:app/reader';

const LDAP_PASSWORD = 'of the directory';

/** Of `authn-azure`: the issuer of the stand-in's tokens. */
const AZURE_ISSUER = 'https://sts.windows.net/00000000-0000-4000-8000-00000000000a/';

/** What a tenant of the vendor's service has before the peer comes. */
const SERVICE_SEED = '- !policy { id: app, body: [ !group readers, !host reader ] }';

/** Runs a peer against a local Conjur of its own, which our client has filled; then our client reads what the peer wrote. */
export async function tryPeer(peer: Peer, command: Command): Promise<Check[]> {
  const conjur = await createLocalConjur({ metadata: {}, ldap: { passwords: { alice: LDAP_PASSWORD } } });
  const service = await createLocalConjur({ edition: 'saas' });
  const identity = await createSelfSigned(['127.0.0.1']);
  const secure = await createLocalConjur({ tls: identity });
  const ours = createConjurClient({ baseUrl: conjur.url, auth: { type: 'api-key', apiKey: conjur.adminApiKey } });
  const folder = await mkdtemp(join(tmpdir(), 'peer-'));
  const certificate = join(folder, 'certificate.pem');
  try {
    await writeFile(certificate, identity.cert);
    const seeded = await ours.loadPolicy('root', SEED);
    await ours.writeSecret('app/from-us', VALUE);
    await ours.writeSecret('conjur/authn-azure/prod/provider-uri', AZURE_ISSUER);
    await seedService(service);
    const readerKey = seeded.createdRoles.get(`default:${READER}`)?.expose() ?? '';
    const { stdout, stderr } = await runProgram(command.program, command.args, {
      cwd: folder,
      environment: {
        HOME: folder,
        LANG: 'C.UTF-8',
        CONJUR_APPLIANCE_URL: conjur.url,
        CONJUR_ACCOUNT: conjur.account,
        CONJUR_AUTHN_API_KEY: conjur.adminApiKey,
        PEER_METADATA_URL: conjur.metadataUrl ?? '',
        PEER_LDAP_PASSWORD: LDAP_PASSWORD,
        PEER_TLS_URL: secure.url,
        PEER_TLS_KEY: secure.adminApiKey,
        PEER_TLS_CERTIFICATE: certificate,
        PEER_SERVICE_URL: `${service.url}/api`,
        PEER_SERVICE_KEY: service.adminApiKey,
        PEER_VALUE: VALUE,
        PEER_HOST_KEY: readerKey,
        PEER_FOLDER: folder,
        ...command.environment,
      },
    });
    const checks = parseTap(stdout);
    if (checks.some(({ reason }) => reason !== undefined)) process.stderr.write(stderr.slice(-4000));
    return [...checks, await checkHandover(ours), ...checkTopics(peer, checks)];
  } finally {
    await rm(folder, { recursive: true, force: true });
    await ours.close();
    await secure.close();
    await service.close();
    await conjur.close();
  }
}

async function seedService(service: LocalConjur): Promise<void> {
  const { url, account, adminApiKey } = service;
  const admin = createConjurClient({ baseUrl: `${url}/api`, account, auth: { type: 'api-key', apiKey: adminApiKey } });
  await admin.loadPolicy('data', SERVICE_SEED);
  await admin.close();
}

async function checkHandover(ours: ConjurClient): Promise<Check> {
  const name = 'read: our client reads what this one wrote';
  try {
    const { value } = await ours.readSecret('app/from-them');
    return value.expose() === VALUE ? { name } : { name, reason: 'it read another value' };
  } catch (error) {
    return { name, reason: (error as Error).message };
  }
}

/** Every topic that the client can do must have been tried. */
function checkTopics(peer: Peer, checks: readonly Check[]): Check[] {
  const untried = TOPICS.filter(
    (topic) => !peer.lacks.includes(topic) && !checks.some(({ name }) => name.startsWith(`${topic}: `)),
  );
  return untried.map((topic) => ({ name: `${topic}: at least one check`, reason: 'the program has none' }));
}
