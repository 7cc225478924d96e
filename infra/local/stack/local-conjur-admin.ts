export interface ConjurAccess {
  readonly url: string;
  readonly account: string;
  readonly adminApiKey: string;
}

/** What the stack does in the local Conjur as its admin, by plain HTTP. */
export interface LocalConjurAdmin {
  /** Loads policy into root. Loading a document again changes nothing. */
  loadPolicy(document: string): Promise<void>;
  /** Undefined where there is none. */
  readValue(name: string): Promise<string | undefined>;
  setValue(name: string, value: string): Promise<void>;
  /** Gives a host a new api key, and returns it. */
  rotateApiKey(hostId: string): Promise<string>;
  /** Whether Conjur takes the api key of a login. */
  accepts(login: string, apiKey: string): Promise<boolean>;
}

const DEADLINE_MS = 10_000;

export async function createLocalConjurAdmin(conjur: ConjurAccess): Promise<LocalConjurAdmin> {
  const { url, account } = conjur;
  const authorization = await authenticate(conjur);
  const request = async (
    method: string,
    path: string,
    accepted: readonly number[],
    body?: string,
  ): Promise<Response> => {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const response = await fetch(url + path, {
      method,
      headers: { authorization },
      signal,
      ...(body === undefined ? {} : { body }),
    });
    if (accepted.includes(response.status)) return response;
    throw new Error(`The local Conjur answered ${response.status} to ${method} ${path}.`);
  };
  const pathOf = (name: string): string => `/secrets/${account}/variable/${encodeURIComponent(name)}`;
  return {
    async loadPolicy(document) {
      await request('POST', `/policies/${account}/policy/root`, [201], document);
    },
    async readValue(name) {
      const response = await request('GET', pathOf(name), [200, 404]);
      return response.status === 200 ? response.text() : undefined;
    },
    async setValue(name, value) {
      await request('POST', pathOf(name), [201], value);
    },
    async rotateApiKey(hostId) {
      return (await request('PUT', `/authn/${account}/api_key?role=host:${encodeURIComponent(hostId)}`, [200])).text();
    },
    async accepts(login, apiKey) {
      const { ok, status } = await logIn(conjur, login, apiKey);
      if (ok || status === 401) return ok;
      throw new Error(`The local Conjur answered ${status} to the login of ${login}.`);
    },
  };
}

function logIn({ url, account }: ConjurAccess, login: string, apiKey: string): Promise<Response> {
  return fetch(`${url}/authn/${account}/${encodeURIComponent(login)}/authenticate`, {
    method: 'POST',
    headers: { 'accept-encoding': 'base64' },
    body: apiKey,
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
}

async function authenticate(conjur: ConjurAccess): Promise<string> {
  const response = await logIn(conjur, 'admin', conjur.adminApiKey);
  if (!response.ok) throw new Error(`The local Conjur answered ${response.status} to the login of its admin.`);
  return `Token token="${await response.text()}"`;
}
