import { onTestFinished } from 'vitest';
import {
  createLocalConjur,
  type LocalConjur,
  type LocalConjurOptions,
} from '../../../../../infra/local/conjur/create-local-conjur.ts';
import { type Client, createClient } from '../../../../conformance/create-client.ts';

/** An answer, with its body read as text and, where it is JSON, as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: Buffer;
  json<T = Record<string, never>>(): T;
}

/** What a request of a test may say beside method and path. */
export interface Asking {
  /** Login whose token is sent; null for none. Default `admin`. */
  readonly as?: string | null;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** A local Conjur on a free port, and the requests that tests make to it. It ends with the test. */
export interface ConjurUnderTest {
  readonly conjur: LocalConjur;
  /** Api keys by login: of the admin, and of every role that `load` has made. */
  readonly keys: Map<string, string>;
  ask(method: string, path: string, asking?: Asking): Promise<Answer>;
  /** Loads a policy into a branch as admin and remembers the api keys of new roles. Default: POST to root. */
  load(policy: string, where?: { branch?: string; method?: string; as?: string }): Promise<Answer>;
  tokenOf(login: string): Promise<string>;
}

/** Starts a local Conjur for one test. */
export async function startConjur(options: LocalConjurOptions = {}): Promise<ConjurUnderTest> {
  const conjur = await createLocalConjur({ policyLoadMs: 0, ...options });
  onTestFinished(() => conjur.close());
  return talkTo(conjur, createClient(conjur.url));
}

/** The requests of tests to a Conjur that runs already. */
export function talkTo(conjur: LocalConjur, send: Client): ConjurUnderTest {
  const keys = new Map([['admin', conjur.adminApiKey]]);
  const tokens = new Map<string, string>();

  async function tokenOf(login: string): Promise<string> {
    const known = tokens.get(login);
    if (known) return known;
    const path = `/authn/${conjur.account}/${encodeURIComponent(login)}/authenticate`;
    const { status, body } = await send({ method: 'POST', path, body: keys.get(login) ?? '' });
    if (status !== 200) throw new Error(`login as ${login} was answered with ${status}`);
    tokens.set(login, body.toString('base64'));
    return body.toString('base64');
  }

  async function ask(method: string, path: string, { as = 'admin', body, headers }: Asking = {}): Promise<Answer> {
    const authorization = as === null ? {} : { authorization: `Token token="${await tokenOf(as)}"` };
    const request = {
      method,
      path,
      headers: { ...authorization, ...headers },
      ...(body === undefined ? {} : { body }),
    };
    const received = await send(request);
    const text = received.body.toString();
    return {
      status: received.status,
      headers: received.headers,
      text,
      bytes: received.body,
      json: () => JSON.parse(text),
    };
  }

  async function load(policy: string, where: { branch?: string; method?: string; as?: string } = {}): Promise<Answer> {
    const path = `/policies/${conjur.account}/policy/${encodeURIComponent(where.branch ?? 'root')}`;
    const answer = await ask(where.method ?? 'POST', path, { body: policy, as: where.as ?? 'admin' });
    if (answer.status === 201)
      rememberKeys(answer.json<{ created_roles: Record<string, { api_key: string }> }>().created_roles);
    return answer;
  }

  function rememberKeys(roles: Record<string, { api_key: string }>): void {
    for (const [id, { api_key }] of Object.entries(roles)) {
      const [, kind, ...rest] = id.split(':');
      keys.set(kind === 'user' ? rest.join(':') : `${kind}/${rest.join(':')}`, api_key);
    }
  }

  return { conjur, keys, ask, load, tokenOf };
}
