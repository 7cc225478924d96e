import { findFreePort } from '../../infra/local/stack/find-free-port.ts';
import { findTrouble } from '../../infra/local/stack/find-trouble.ts';
import { startStack } from '../../infra/local/stack/start-stack.ts';

/** What the end-to-end tests run against: the built functions, and a Conjur that may be a real one. */
export interface Target {
  readonly apiUrl: string;
  readonly lambdaUrl: string;
  readonly region: string;
  readonly conjurUrl: string;
  readonly account: string;
  readonly adminApiKey: string;
  /** Of the stand-ins; undefined where the Conjur is a real one. */
  readonly secretsManagerUrl: string | undefined;
  readonly litellmUrl: string | undefined;
  /** What the functions printed so far. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/**
 * `E2E_BASE`, `E2E_ACCOUNT`, `E2E_ADMIN_API_KEY` and `E2E_EDITION` name a Conjur; without them a local one is started, of the version
 * `E2E_SERVER_VERSION`.
 */
export async function startTarget(): Promise<Target> {
  const { E2E_BASE: conjur, E2E_ACCOUNT: account = 'default', E2E_ADMIN_API_KEY: adminApiKey } = process.env;
  if (conjur !== undefined) {
    process.env.CYBERARK_ACCOUNT = account;
    process.env.CYBERARK_USERNAME = 'admin';
    process.env.CYBERARK_API_KEY = adminApiKey;
    if (process.env.E2E_EDITION !== undefined) process.env.CYBERARK_EDITION = process.env.E2E_EDITION;
  }
  const lines: string[] = [];
  const stack = await startStack({
    apiPort: await findFreePort(),
    lambdaPort: await findFreePort(),
    conjurPort: await findFreePort(),
    secretsManagerPort: 0,
    litellmPort: 0,
    data: ':memory:',
    adminApiKey: undefined,
    serverVersion: process.env.E2E_SERVER_VERSION,
    conjur,
    onLine: (line) => lines.push(line),
    onProgress: () => undefined,
  });
  // Told once, instead of by the failure of every test.
  const trouble = await findTrouble(stack.apiUrl, AbortSignal.timeout(20_000));
  if (trouble !== undefined) {
    await stack.close();
    throw new Error(`The functions cannot work with this Conjur, so no test was begun. ${trouble}`);
  }
  return { ...stack, adminApiKey: stack.adminApiKey ?? adminApiKey ?? '', lines };
}
