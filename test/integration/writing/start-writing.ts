import { createLocalConjur, type LocalConjurOptions } from '../../../infra/local/conjur/create-local-conjur.ts';
import { createConjurClient } from '../../../lib/client.ts';
import { type Bundle, loadBundle } from '../../support/load-bundle.ts';
import { settingsFor } from '../../support/settings.ts';

export interface Writing {
  readonly url: string;
  readonly adminApiKey: string;
  /** Requests since the last call, authentications left out: `POST /secrets/default/variable/a`. */
  takeRequests(): string[];
  /** A cold container of write-secret. */
  startContainer(environment?: Readonly<Record<string, string>>): Promise<Bundle>;
  /** Loads policy as the administrator. */
  loadPolicy(branch: string, document: string): Promise<ReadonlyMap<string, { expose(): string }>>;
  /** What Conjur holds, read as the administrator; undefined where it holds nothing. */
  valueOf(name: string): Promise<string | undefined>;
  /** The variable's record, as Conjur shows it to the administrator; undefined where there is none. */
  show(name: string): Promise<unknown>;
  close(): Promise<void>;
}

/** A local Conjur, and built functions that log in there as the administrator unless told otherwise. */
export async function startWriting(options: LocalConjurOptions = {}): Promise<Writing> {
  let requests: string[] = [];
  const conjur = await createLocalConjur({
    ...options,
    onRequest: ({ method, path }) => {
      if (!path.endsWith('/authenticate')) requests.push(`${method} ${path}`);
    },
  });
  const admin = createConjurClient(settingsFor(conjur));
  const base = { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey };
  return {
    url: conjur.url,
    adminApiKey: conjur.adminApiKey,
    takeRequests() {
      const taken = requests;
      requests = [];
      return taken;
    },
    startContainer: (environment = {}) => loadBundle('write-secret', { ...base, ...environment }),
    loadPolicy: async (branch, document) => (await admin.loadPolicy(branch, document)).createdRoles,
    valueOf: (name) =>
      admin.readSecret(name).then(
        ({ value }) => value.expose(),
        () => undefined,
      ),
    show: async (name) => {
      const authorization = await login(conjur.url, conjur.adminApiKey);
      const url = `${conjur.url}/resources/default/variable/${encodeURIComponent(name)}`;
      const response = await fetch(url, { headers: { authorization } });
      return response.status === 404 ? undefined : response.json();
    },
    close: async () => {
      await admin.close();
      await conjur.close();
    },
  };
}

/** Not by the client under test: it leaves out what it has no use for. */
async function login(url: string, apiKey: string): Promise<string> {
  const response = await fetch(`${url}/authn/default/admin/authenticate`, { method: 'POST', body: apiKey });
  return `Token token="${Buffer.from(await response.text()).toString('base64')}"`;
}

/** The requests that load policy. */
export function policyLoadsIn(requests: readonly string[]): string[] {
  return requests.filter((request) => request.includes(' /policies/'));
}
