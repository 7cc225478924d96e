import { cp, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { runProgram } from '../../support/run-node.ts';
import { goEnvironment, needGo } from '../go-program.ts';
import { type Command, NotHere, type Peer } from '../peer.ts';
import { pinned } from '../pinned.ts';
import { registryEnvironment, runStep } from '../run-step.ts';
import { compareOutcomes, type KnownOutcome, type SuiteResult } from './compare-outcomes.ts';
import { KNOWN_OUTCOMES } from './known-outcomes.ts';
import { parseGoTest } from './parse-go-test.ts';

/** A test suite that somebody else wrote for a genuine Conjur. */
export interface Suite extends Omit<Peer, 'lacks'> {
  readonly known: readonly KnownOutcome[];
  run(command: Command): Promise<SuiteResult>;
}

const MODULE = 'github.com/cyberark/conjur-api-go';

/** The vendor runs the suite against its newest image; this is the last that has everything that the suite asks for (public keys). */
const SERVER_VERSION = '1.26.1';

/** One of the suite's tokens is for 127.0.0.1 alone, and must be of no use to it: its client stands on another machine than Conjur. */
const CLIENT_ADDRESS = '127.0.0.2';

/** What the suite's JWTs say, as its policy asks for it. */
const CLAIMS = { iss: 'jwt-server', aud: 'conjur', sub: 'test-workload', email: 'workload@example.com' };

/** The tests that the module of the Go client brings along. */
export const goSuite: Suite = {
  name: "Go client's own tests",
  client: `${MODULE} ${pinned('go/go.mod', /conjur-api-go (v\S+)/)}`,
  known: KNOWN_OUTCOMES,
  async prepare(cache) {
    if (process.platform === 'darwin') throw new NotHere(`macOS does not answer to ${CLIENT_ADDRESS}`);
    const [program, environment] = [await needGo(), goEnvironment(cache)];
    const download = { program, args: ['mod', 'download', '-json', MODULE], environment };
    const { Dir } = JSON.parse(await runStep(download, join(import.meta.dirname, '../go'))) as { Dir: string };
    const folder = join(cache, 'go-suite');
    await rm(folder, { recursive: true, force: true });
    await cp(Dir, folder, { recursive: true });
    await runStep({ program, args: ['mod', 'download'], environment }, folder);
    const args = ['-C', folder, 'test', '-v', '-count=1', '-p=1', '-timeout=5m', './...'];
    return { program, args, environment: { ...registryEnvironment(), ...environment } };
  },
  run: runGoSuite,
};

/** All suites, in the order of the report. */
export const SUITES: readonly Suite[] = [goSuite];

async function runGoSuite({ program, args, environment }: Command): Promise<SuiteResult> {
  const conjur = await createLocalConjur({ account: 'conjur', serverVersion: SERVER_VERSION, dynamicSecrets: true });
  const relay = await startRelay(conjur);
  const home = await mkdtemp(join(tmpdir(), 'go-suite-'));
  try {
    const { stdout, stderr } = await runProgram(program, args, {
      cwd: home,
      environment: { ...environment, ...(await makeJwt()), ...toSettings(conjur, relay), HOME: home },
    });
    const result = compareOutcomes(parseGoTest(stdout), KNOWN_OUTCOMES);
    if (result.surprises.length > 0) process.stderr.write(stderr.slice(-4000));
    return result;
  } finally {
    await rm(home, { recursive: true, force: true });
    relay.close();
    await conjur.close();
  }
}

function toSettings({ account, adminApiKey }: LocalConjur, relay: Server): Record<string, string> {
  return {
    CONJUR_APPLIANCE_URL: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    CONJUR_ACCOUNT: account,
    CONJUR_AUTHN_LOGIN: 'admin',
    CONJUR_AUTHN_API_KEY: adminApiKey,
  };
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
