import { Agent, request } from 'undici';
import type { ConjurAddress } from '../server/messages.ts';

/** The least that a program can do with Conjur: undici, a kept-alive connection, and a token in hand. */
export interface BareClient {
  readSecret(name: string): Promise<string>;
  writeSecret(name: string, value: string): Promise<void>;
  /** Loads a document into the policy branch `root`. */
  loadPolicy(document: string): Promise<void>;
  close(): Promise<void>;
}

export async function createBareClient({ url, account, adminApiKey }: ConjurAddress): Promise<BareClient> {
  const dispatcher = new Agent();
  const login = await request(`${url}/authn/${account}/admin/authenticate`, {
    dispatcher,
    method: 'POST',
    headers: { 'accept-encoding': 'base64' },
    body: adminApiKey,
  });
  const headers = { authorization: `Token token="${await login.body.text()}"` };
  const toSecretUrl = (name: string): string => `${url}/secrets/${account}/variable/${encodeURIComponent(name)}`;
  const send = async (target: string, body?: string): Promise<string> => {
    const method = body === undefined ? 'GET' : 'POST';
    const response = await request(target, { dispatcher, method, headers, body: body ?? null });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`Conjur answered ${response.statusCode}: ${text}`);
    return text;
  };
  return {
    readSecret: (name) => send(toSecretUrl(name)),
    async writeSecret(name, value) {
      await send(toSecretUrl(name), value);
    },
    async loadPolicy(document) {
      await send(`${url}/policies/${account}/policy/root`, document);
    },
    close: () => dispatcher.close(),
  };
}
