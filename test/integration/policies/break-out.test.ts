import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTION_NAMES } from '../../../infra/build/function-names.ts';
import type { ConjurClient } from '../../../lib/client.ts';
import { outcomeOf, type Policies, startPolicies } from './start-policies.ts';

/** What somebody tries who holds the key of a function's host, in the default layout. */
const ATTEMPTS: readonly (readonly [string, (as: Attacker) => Promise<unknown>])[] = [
  [
    'become a rotator by a grant in root',
    ({ client, login }) => client.loadPolicy('root', grant('litellm/rotators', login)),
  ],
  [
    'become a rotator by the API of roles',
    ({ ask, login }) =>
      ask('POST', `/roles/default/group/litellm%2Frotators?members&member=default:host:${encodeURIComponent(login)}`),
  ],
  [
    "become the owner of another function's hosts",
    ({ client, login, other }) =>
      client.loadPolicy('root', `- !policy\n  id: conjur-functions/${other}\n  owner: !host ${login}\n`),
  ],
  [
    "let itself rotate another function's host",
    ({ client, login, other }) =>
      client.loadPolicy(
        'root',
        `- !permit\n  role: !host ${login}\n  privileges: [ update ]\n  resource: !host conjur-functions/${other}/blue\n`,
      ),
  ],
  [
    'load policy into the branch of the hosts',
    ({ client }) => client.loadPolicy('conjur-functions', '- !host intruder\n'),
  ],
  [
    'load policy into the branch of its own pair',
    ({ client, name }) => client.loadPolicy(`conjur-functions/${name}`, '- !host intruder\n'),
  ],
  [
    'replace the policy of the secrets',
    ({ ask }) => ask('PUT', '/policies/default/policy/litellm', '- !group readers\n'),
  ],
  [
    'update the policy of the secrets',
    ({ ask }) => ask('PATCH', '/policies/default/policy/litellm', '- !delete\n  record: !group rotators\n'),
  ],
  [
    "rotate another function's blue",
    ({ client, other }) => client.rotateApiKeyOf(`host:conjur-functions/${other}/blue`),
  ],
  [
    "rotate another function's green",
    ({ client, other }) => client.rotateApiKeyOf(`host:conjur-functions/${other}/green`),
  ],
  ['rotate the administrator', ({ client }) => client.rotateApiKeyOf('user:admin')],
  [
    "see another function's host",
    ({ ask, other }) => ask('GET', `/resources/default/host/conjur-functions%2F${other}%2Fblue`),
  ],
  ['read what is outside the branch', ({ client }) => client.readSecret('other/secret')],
  ['write what is outside the branch', ({ ask }) => ask('POST', '/secrets/default/variable/other%2Fsecret', 'x')],
  ['define a variable outside the branch', ({ client }) => client.loadPolicy('other', '- !variable mine\n')],
  ['define a variable in root', ({ client }) => client.loadPolicy('root', '- !variable mine\n')],
];

interface Attacker {
  readonly name: string;
  /** Another function, whose identity it would like to have. */
  readonly other: string;
  /** Without `host/`. */
  readonly login: string;
  readonly client: ConjurClient;
  /** A request past the client, which has no call for everything. @throws Error for a status of 400 and above */
  readonly ask: (method: string, path: string, body?: string) => Promise<unknown>;
}

function grant(group: string, login: string): string {
  return `- !grant\n  role: !group ${group}\n  member: !host ${login}\n`;
}

let policies: Policies;

beforeAll(async () => {
  policies = await startPolicies();
  for (const file of ['secrets-branch.yml', 'functions.yml']) await policies.load(file);
  await policies.loadText('root', '- !policy\n  id: other\n  body:\n  - !variable secret\n');
  await policies.admin.writeSecret('other/secret', 'of somebody else');
});

afterAll(() => policies.close());

async function attackerOf(name: string): Promise<Attacker> {
  const login = `conjur-functions/${name}/blue`;
  const authorization = await policies.authorizationOf(login);
  const ask: Attacker['ask'] = async (method, path, body) => {
    const init = { method, headers: { authorization }, ...(body === undefined ? {} : { body }) };
    const { status } = await fetch(policies.url + path, init);
    if (status >= 400) throw new RefusedError(status);
  };
  const other = name === 'rotate-key' ? 'write-secret' : 'rotate-key';
  return { name, other, login, client: policies.as(login), ask };
}

class RefusedError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

async function tryOut(attempt: Promise<unknown>): Promise<string> {
  try {
    return await outcomeOf(attempt);
  } catch (error) {
    if (error instanceof RefusedError && [401, 403, 404].includes(error.status)) return 'refused';
    throw error;
  }
}

describe.each(FUNCTION_NAMES)('who holds the key of %s', (name) => {
  it.each(ATTEMPTS)('cannot %s', async (_, attempt) => {
    const outcome = await tryOut(attempt(await attackerOf(name)));
    expect(['forbidden', 'secret_not_found', 'refused']).toContain(outcome);
  });

  it('cannot log in as the other host of its pair, as another function, or as the administrator', async () => {
    const own = policies.keyOf(`conjur-functions/${name}/blue`);
    for (const login of [`host/conjur-functions/${name}/green`, 'host/conjur-functions/rotate-key/green', 'admin'])
      expect((await policies.logIn(login, own)).status).toBe(401);
  });
});

it('after all of it, everything is as it was', async () => {
  expect((await policies.admin.readSecret('other/secret')).value.expose()).toBe('of somebody else');
  for (const name of FUNCTION_NAMES)
    for (const colour of ['blue', 'green'])
      expect(await policies.as(`conjur-functions/${name}/${colour}`).whoami()).toMatchObject({
        login: `host/conjur-functions/${name}/${colour}`,
      });
});
