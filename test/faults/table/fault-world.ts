import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { createLocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import { createCertificateAuthority } from '../../support/certificates.ts';
import { settingsFor } from '../../support/settings.ts';
import type { Target } from '../fault-proxy/forward-request.ts';
import type { TlsIdentity } from '../fault-proxy/listener.ts';

/** A Conjur, and the certificates for what stands in front of it. */
export interface FaultWorld {
  readonly target: Target;
  readonly adminApiKey: string;
  /** Past every proxy. */
  readonly admin: ConjurClient;
  /** PEM of the authority that clients trust. */
  readonly ca: string;
  readonly tls: TlsIdentity;
  readonly otherHost: TlsIdentity;
  /** What clients show, if they are asked. */
  readonly client: TlsIdentity;
  /** What every client holds and must not tell: what each is, by its value. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Whether Conjur lets a login in, asked past every client of the project. */
  logsIn(login: string, apiKey: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function startFaultWorld(): Promise<FaultWorld> {
  const conjur = await createLocalConjur({ policyLoadMs: 0 });
  const authority = await createCertificateAuthority('authority of the fault table');
  const admin = createConjurClient(settingsFor(conjur));
  const { hostname: host, port } = new URL(conjur.url);
  const client = await authority.issueClient({ commonName: 'client' });
  return {
    target: { host, port: Number(port) },
    adminApiKey: conjur.adminApiKey,
    admin,
    ca: authority.cert,
    tls: await authority.issueServer({ hosts: ['127.0.0.1'] }),
    client,
    secrets: new Map([[conjur.adminApiKey, 'api key'], ...linesOf(client.key, 'client key')]),
    otherHost: await authority.issueServer({ hosts: ['other.test'] }),
    async logsIn(login, body) {
      const path = `/authn/default/${encodeURIComponent(login)}/authenticate`;
      const answer = await request(conjur.url + path, { method: 'POST', body });
      await answer.body.dump();
      return answer.statusCode === 200;
    },
    async close() {
      await admin.close();
      await conjur.close();
    },
  };
}

/** How much shorter the waits between attempts are than a client believes. */
const HASTE = 20;

export const hastyDelay = (ms: number): Promise<void> => delay(ms / HASTE);

/** A key may leak by the line. */
function linesOf(pem: string, what: string): [string, string][] {
  return pem
    .split('\n')
    .filter((line) => line.length > 20 && !line.startsWith('-----'))
    .map((line) => [line, what]);
}
