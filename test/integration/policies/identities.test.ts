import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTION_NAMES } from '../../../infra/build/function-names.ts';
import type { ConjurClient } from '../../../lib/client.ts';
import { outcomeOf, type Policies, startPolicies } from './start-policies.ts';

type FunctionName = (typeof FUNCTION_NAMES)[number];

const ACCOUNT = '111122223333';
const STACK = 'conjur-functions-dev-eu-central-1';

/** The columns of SECURITY.md's tables. Each attempt has variables of its own, so that none helps or hinders another. */
const ATTEMPTS: Readonly<Record<string, (client: ConjurClient, who: Identity) => Promise<unknown>>> = {
  read: (client) => client.readSecret('litellm/readable'),
  write: (client, { name }) => client.writeSecret('litellm/writable', `by ${name}`),
  create: (client, { name }) => client.loadPolicy('litellm', `- !variable made by ${name}\n`),
  permit: (client, { login }) =>
    client.loadPolicy(
      'litellm',
      `- !permit\n  role: !host /${login}\n  privileges: [ read, execute, update ]\n  resource: !variable coveted\n`,
    ),
  'rotate own': (client, { login }) => client.rotateApiKeyOf(`host:${siblingOf(login)}`),
  "rotate other's": (client, { othersHost }) => client.rotateApiKeyOf(`host:${othersHost}`),
  delete: (client) => client.deleteVariable('litellm/lasting'),
};

interface Identity {
  readonly name: FunctionName;
  /** Without `host/`. */
  readonly login: string;
  /** A host with an api key that belongs to another function, or in the layout `shared` to another program. */
  readonly othersHost: string;
}

interface Layout {
  readonly files: readonly string[];
  readonly identityOf: (name: FunctionName) => Identity;
  readonly clientOf: (policies: Policies, identity: Identity) => ConjurClient;
}

const asHost = (policies: Policies, { login }: Identity): ConjurClient => policies.as(login);

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'per-function': {
    files: ['secrets-branch.yml', 'functions.yml'],
    identityOf: (name) => ({ name, login: `conjur-functions/${name}/blue`, othersHost: hostOfAnother(name) }),
    clientOf: asHost,
  },
  shared: {
    files: ['secrets-branch.yml', 'functions.yml', 'blue-green.yml'],
    identityOf: (name) => ({ name, login: 'conjur-functions/credential/blue', othersHost: hostOfAnother(name) }),
    clientOf: asHost,
  },
  iam: {
    files: ['secrets-branch.yml', 'functions.yml', 'authn-iam.yml'],
    identityOf: (name) => ({
      name,
      login: `conjur-functions/iam/${ACCOUNT}/${STACK}-${name}`,
      othersHost: hostOfAnother(name),
    }),
    clientOf: (policies, { name, login }) => policies.asRole(login, roleOf(name)),
  },
};

function roleOf(name: FunctionName) {
  const accessKeyId = `ASIA${name.toUpperCase().replace('-', '')}`;
  return { accessKeyId, secretAccessKey: `made up for ${name}`, accountId: ACCOUNT, roleName: `${STACK}-${name}` };
}

function hostOfAnother(name: FunctionName): string {
  return name === 'read-secret' ? 'conjur-functions/rotate-key/green' : 'conjur-functions/read-secret/green';
}

function siblingOf(host: string): string {
  return host.endsWith('/blue') ? host.replace(/blue$/, 'green') : host.replace(/green$/, 'blue');
}

describe.each(Object.entries(LAYOUTS))('Layout %s', (layout, { files, identityOf, clientOf }) => {
  const table = readTable(layout);
  let policies: Policies;

  beforeAll(async () => {
    policies = await startPolicies({ iam: { credentials: FUNCTION_NAMES.map(roleOf) } });
    for (const file of files) await policies.load(file);
    await policies.loadText('litellm', ['readable', 'writable', 'coveted', 'lasting'].map(toVariable).join(''));
    await policies.admin.writeSecret('litellm/readable', 'value');
    await policies.admin.writeSecret('litellm/lasting', 'value');
  });

  afterAll(() => policies.close());

  it('has a line for each function and a cell for each attempt in SECURITY.md', () => {
    expect(table.map(({ name }) => name)).toEqual(FUNCTION_NAMES);
    for (const { cells } of table) expect(Object.keys(cells)).toEqual(Object.keys(ATTEMPTS));
  });

  it.each(table)('$name may do what its line in SECURITY.md says, and nothing else', async ({ name, cells }) => {
    const identity = identityOf(name);
    const client = clientOf(policies, identity);
    const tried: Record<string, string> = {};
    for (const [what, attempt] of Object.entries(ATTEMPTS))
      tried[what] = (await outcomeOf(attempt(client, identity))) === 'done' ? 'yes' : 'no';
    expect(tried).toEqual(cells);
  });

  it('lets whoever may permit read what it has permitted itself', async () => {
    await policies.admin.writeSecret('litellm/coveted', 'value');
    for (const { name, cells } of table) {
      const read = await outcomeOf(clientOf(policies, identityOf(name)).readSecret('litellm/coveted'));
      expect({ name, read: read === 'done' }).toEqual({ name, read: cells.read === 'yes' || cells.permit === 'yes' });
    }
  });

  it('lets write-secret and rotate-key delete, and read-secret only where they are one, with allow-delete.yml', async () => {
    await policies.load('allow-delete.yml');
    for (const name of FUNCTION_NAMES) {
      await policies.loadText('litellm', toVariable('passing'));
      const removed = await outcomeOf(clientOf(policies, identityOf(name)).deleteVariable('litellm/passing'));
      expect({ name, removed: removed === 'done' }).toEqual({
        name,
        removed: layout === 'shared' || name !== 'read-secret',
      });
    }
  });
});

describe.each(FUNCTION_NAMES.map((name) => `conjur-functions/${name}`).concat('conjur-functions/credential'))(
  'the pair %s',
  (pair) => {
    it('gives each of its hosts a new key by the other one', async () => {
      const policies = await startPolicies();
      try {
        for (const file of ['secrets-branch.yml', 'functions.yml', 'blue-green.yml']) await policies.load(file);
        const [blue, green] = [`${pair}/blue`, `${pair}/green`];
        const key = await policies.as(blue).rotateApiKeyOf(`host:${green}`);
        const asGreen = policies.as(green, { CYBERARK_API_KEY: key.expose() });
        expect(await asGreen.whoami()).toMatchObject({ login: `host/${green}` });
        const blueKey = await asGreen.rotateApiKeyOf(`host:${blue}`);
        expect(await policies.as(blue, { CYBERARK_API_KEY: blueKey.expose() }).whoami()).toMatchObject({
          login: `host/${blue}`,
        });
      } finally {
        await policies.close();
      }
    });
  },
);

/** With the permits that the functions give the variables that they make. */
function toVariable(id: string): string {
  const permits = [
    ['readers', 'read, execute'],
    ['writers', 'read, update'],
  ].map(
    ([group, privileges]) =>
      `- !permit\n  role: !group ${group}\n  privileges: [ ${privileges} ]\n  resource: !variable ${id}\n`,
  );
  return `- !variable ${id}\n${permits.join('')}`;
}

interface Line {
  readonly name: FunctionName;
  /** By column: `yes` or `no`, without the marks of footnotes. */
  readonly cells: Readonly<Record<string, string>>;
}

/** The table under `### Layout …` of SECURITY.md. */
function readTable(layout: string): Line[] {
  const text = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8');
  const section = text.split(`### Layout ${layout}\n`)[1]?.split('\n#')[0] ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('|---'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.replace('¹', '').trim()),
    );
  const [[, ...columns] = [], ...lines] = rows;
  return lines.map(([name = '', ...cells]) => ({
    name: name.replaceAll('`', '') as FunctionName,
    cells: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])),
  }));
}
