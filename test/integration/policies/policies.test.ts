import { readdirSync } from 'node:fs';
import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConjurClient } from '../../../lib/client.ts';
import { outcomeOf, type Policies, startPolicies } from './start-policies.ts';

const POLICIES = new URL('../../../infra/conjur/', import.meta.url);
const POLICY_FILES = readdirSync(POLICIES).filter((name) => name.endsWith('.yml'));

const ACCOUNT = '111122223333';
const ROLE = 'conjur-functions-dev-eu-central-1-read-secret';
const IAM_ROLE = { accessKeyId: 'ASIATESTREADSECRET', secretAccessKey: 'made-up', accountId: ACCOUNT, roleName: ROLE };

const READER = 'conjur-functions/read-secret/blue';
const WRITER = 'conjur-functions/write-secret/green';
const ROTATOR = 'conjur-functions/rotate-key/blue';
const SHARED = 'conjur-functions/credential/blue';
const STRANGER = 'other/stranger';
const HOSTS = [READER, WRITER, ROTATOR, SHARED, STRANGER] as const;
type Host = (typeof HOSTS)[number];

let policies: Policies;

beforeAll(async () => {
  policies = await startPolicies({ iam: { credentials: [IAM_ROLE] } });
  for (const file of ['secrets-branch.yml', 'functions.yml', 'blue-green.yml', 'authn-iam.yml']) {
    await policies.load(file);
  }
  await policies.loadText('root', '- !policy\n  id: other\n  body:\n  - !host stranger\n  - !variable secret\n');
  await policies.admin.writeSecret('other/secret', 'of somebody else');
  await policies.as(WRITER).writeSecret('litellm/known', 'value');
});
afterAll(() => policies.close());

interface Statement {
  readonly what: string;
  readonly attempt: (client: ConjurClient, host: Host) => Promise<unknown>;
  /** The outcome for those who are named; for all others it is `otherwise`. */
  readonly outcomes: Partial<Record<Host, string>>;
  readonly otherwise: string;
}

const document = (host: string): string =>
  `- !permit\n  role: !host /${host}\n  privileges: [ read, execute, update ]\n  resource: !variable secret\n`;

const STATEMENTS: readonly Statement[] = [
  {
    what: 'read a value in the branch',
    attempt: (client) => client.readSecret('litellm/known'),
    outcomes: { [READER]: 'done', [ROTATOR]: 'done', [SHARED]: 'done', [WRITER]: 'forbidden' },
    otherwise: 'secret_not_found',
  },
  {
    what: 'write a value in the branch',
    attempt: (client) => client.writeSecret('litellm/known', 'value'),
    outcomes: { [WRITER]: 'done', [ROTATOR]: 'done', [SHARED]: 'done' },
    otherwise: 'forbidden',
  },
  {
    what: 'make a variable in the branch, and write it',
    attempt: (client, host) => client.writeSecret(`litellm/made by ${host}`, 'value'),
    outcomes: { [WRITER]: 'done', [ROTATOR]: 'done', [SHARED]: 'done' },
    otherwise: 'forbidden',
  },
  {
    what: 'delete in the branch',
    attempt: (client) => client.deleteVariable('litellm/known'),
    outcomes: { [STRANGER]: 'secret_not_found' },
    otherwise: 'forbidden',
  },
  {
    what: 'read a value outside the branch',
    attempt: (client) => client.readSecret('other/secret'),
    outcomes: {},
    otherwise: 'secret_not_found',
  },
  {
    what: 'write or make a variable outside the branch',
    attempt: (_, host) => policies.as(host, { CYBERARK_POLICY_BRANCH: 'root' }).writeSecret('other/secret', 'x'),
    outcomes: {},
    otherwise: 'forbidden',
  },
  {
    what: 'load policy into root',
    attempt: (client) => client.loadPolicy('root', '- !variable mine\n'),
    outcomes: {},
    otherwise: 'forbidden',
  },
  {
    what: 'permit himself what lies in another branch',
    attempt: (client, host) => client.loadPolicy('other', document(host)),
    outcomes: {},
    otherwise: 'forbidden',
  },
  {
    what: 'add a host to the functions',
    attempt: (client) => client.loadPolicy('conjur-functions', '- !host intruder\n'),
    outcomes: {},
    otherwise: 'forbidden',
  },
  {
    what: "rotate another function's api key",
    attempt: (client, host) => client.rotateApiKeyOf(`host:${host === READER ? WRITER : READER}`),
    outcomes: {},
    otherwise: 'forbidden',
  },
  {
    what: "rotate the api key of the other host of rotate-key's pair",
    attempt: (client) => client.rotateApiKeyOf(`host:${siblingOf(ROTATOR)}`),
    outcomes: { [ROTATOR]: 'done' },
    otherwise: 'forbidden',
  },
  {
    what: "rotate rotate-key's own api key by a token",
    attempt: (client) => client.rotateApiKeyOf(`host:${ROTATOR}`),
    // Conjur refuses one's own role by a 401, whatever the rights.
    outcomes: { [ROTATOR]: 'authentication_failed' },
    otherwise: 'forbidden',
  },
];

describe.each(HOSTS)('%s', (host) => {
  const rows = STATEMENTS.map(({ what, attempt, outcomes, otherwise }) => {
    const expected = outcomes[host] ?? otherwise;
    return { verb: expected === 'done' ? 'can' : 'cannot', what, attempt, expected };
  });

  it.each(rows)('$verb $what', async ({ attempt, expected }) => {
    expect(await outcomeOf(attempt(policies.as(host), host))).toBe(expected);
  });
});

describe('the policies of the bundle', () => {
  it('left the secret of another branch as it was', async () => {
    expect((await policies.admin.readSecret('other/secret')).value.expose()).toBe('of somebody else');
  });

  it('let the writer see versions, though no values', async () => {
    expect(await policies.as(WRITER).writeSecret('litellm/known', 'value')).toMatchObject({ version: 1 });
  });

  it('let the reader see what the writer makes', async () => {
    await policies.as(WRITER).writeSecret('litellm/fresh', 'value');
    expect((await policies.as(READER).readSecret('litellm/fresh')).value.expose()).toBe('value');
  });

  it('load also on a server with CONJUR_AUTHN_API_KEY_DEFAULT=false, which refuses a host that asks for no key', async () => {
    const strict = await startPolicies({ apiKeysByDefault: false, iam: { credentials: [IAM_ROLE] } });
    try {
      await expect(strict.loadText('root', '- !host plain\n')).rejects.toThrow();
      const first = ['secrets-branch.yml', 'functions.yml'];
      for (const file of new Set([...first, ...POLICY_FILES])) await strict.load(file);
      expect(await strict.as(READER).whoami()).toMatchObject({ login: `host/${READER}` });
    } finally {
      await strict.close();
    }
  });
});

describe('what `create` means', () => {
  it('is power over the branch: the writer may permit himself to read, as docs/policies.md says', async () => {
    const writer = policies.as(WRITER);
    await writer.writeSecret('litellm/escalation', 'value');
    expect(await outcomeOf(writer.readSecret('litellm/escalation'))).toBe('forbidden');
    await writer.loadPolicy('litellm', document(WRITER).replace('!variable secret', '!variable escalation'));
    expect(await outcomeOf(writer.readSecret('litellm/escalation'))).toBe('done');
  });

  it('is not needed to write what an administrator has defined', async () => {
    await policies.loadText(
      'root',
      '- !host restricted\n- !grant\n  role: !group litellm/writers\n  member: !host restricted\n',
    );
    await policies.loadText(
      'litellm',
      '- !variable prepared\n- !permit\n  role: !group writers\n  privileges: [ read, update ]\n  resource: !variable prepared\n',
    );
    const restricted = policies.as('restricted');
    expect(await outcomeOf(restricted.writeSecret('litellm/prepared', 'value'))).toBe('done');
    expect(await outcomeOf(restricted.writeSecret('litellm/unprepared', 'value'))).toBe('forbidden');
    expect(await outcomeOf(restricted.readSecret('litellm/prepared'))).toBe('forbidden');
  });
});

describe('authn-iam.yml', () => {
  it('lets the role of a function log in as its host, with the rights of that function', async () => {
    const authorization = await logIn(`host/conjur-functions/iam/${ACCOUNT}/${ROLE}`);
    const read = (init: RequestInit) =>
      fetch(`${policies.url}/secrets/default/variable/litellm%2Fknown`, { ...init, headers: { authorization } });
    expect(await (await read({})).text()).toBe('value');
    expect((await read({ method: 'POST', body: 'x' })).status).toBe(403);
  });

  it('lets it log in as no other host', async () => {
    await expect(
      logIn(`host/conjur-functions/iam/${ACCOUNT}/conjur-functions-dev-eu-central-1-rotate-key`),
    ).rejects.toThrow('401');
    await expect(logIn(`host/${READER}`)).rejects.toThrow('401');
  });
});

describe('allow-delete.yml and single-host.yml', () => {
  it('let the writer and the rotator delete, and the reader not', async () => {
    await policies.load('allow-delete.yml');
    await policies.as(WRITER).writeSecret('litellm/first', 'value');
    await policies.as(WRITER).writeSecret('litellm/second', 'value');
    expect(await outcomeOf(policies.as(READER).deleteVariable('litellm/first'))).toBe('forbidden');
    expect(await outcomeOf(policies.as(WRITER).deleteVariable('litellm/first'))).toBe('done');
    expect(await outcomeOf(policies.as(ROTATOR).deleteVariable('litellm/second'))).toBe('done');
    expect(await outcomeOf(policies.as(READER).readSecret('litellm/first'))).toBe('secret_not_found');
  });

  it('let the rotator, and nobody else, give the one host a new key', async () => {
    await policies.load('single-host.yml');
    const shared = 'conjur-functions/credential/shared';
    expect(await outcomeOf(policies.as(ROTATOR).rotateApiKeyOf(`host:${shared}`))).toBe('done');
    for (const host of [READER, WRITER, STRANGER]) {
      expect(await outcomeOf(policies.as(host).rotateApiKeyOf(`host:${shared}`))).toBe('forbidden');
    }
  });
});

function siblingOf(host: string): string {
  return host.endsWith('/blue') ? host.replace(/blue$/, 'green') : host.replace(/green$/, 'blue');
}

/** As AWS's SDK signs, and as Conjur asks for it: a signed request for STS, whose headers are the credential. */
async function logIn(login: string): Promise<string> {
  const signer = new SignatureV4({
    service: 'sts',
    region: 'us-east-1',
    credentials: IAM_ROLE,
    sha256: Hash.bind(null, 'sha256'),
  });
  const hostname = 'sts.us-east-1.amazonaws.com';
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: 'https:',
    hostname,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { host: hostname },
  });
  const url = `${policies.url}/authn-iam/aws/default/${encodeURIComponent(login)}/authenticate`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(headers) });
  if (!response.ok) throw new Error(String(response.status));
  return `Token token="${Buffer.from(await response.text()).toString('base64')}"`;
}
