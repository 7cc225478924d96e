import { check, endChecks, expect } from '../checks.ts';
import { createCommandLine, policyFile } from '../command-line.ts';

/** The vendor's command line against a Conjur: each check runs it as a person would. */

const { CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_API_KEY, PEER_VALUE, PEER_HOST_KEY } = process.env as Record<
  string,
  string
>;
const AWKWARD = 'app/awkward/ä+b c%41?#:d';

const { conjur, json, expectRefusal } = createCommandLine({ CONJUR_CREDENTIAL_STORAGE: 'file' });

function logIn(login: string, password: string): string {
  return conjur('login', '-i', login, '-p', password);
}

check('login: init', () => {
  conjur(
    'init',
    'oss',
    '-u',
    CONJUR_APPLIANCE_URL as string,
    '-a',
    CONJUR_ACCOUNT as string,
    '--insecure',
    '--force-netrc',
  );
});
check('login: a wrong key is refused', () =>
  expectRefusal(/401|Unable|unauthorized/i, 'login', '-i', 'admin', '-p', 'wrong'),
);
check('login: with the api key', () => {
  logIn('admin', CONJUR_AUTHN_API_KEY as string);
});
check('login: whoami', () => expect(json('whoami').username === 'admin', 'somebody else'));

check('read: what our client wrote', () => {
  const value = conjur('variable', 'get', '-i', 'app/from-us');
  expect(value === PEER_VALUE, value);
});
check('write: what our client will read', () => {
  conjur('variable', 'set', '-i', 'app/from-them', '-v', PEER_VALUE as string);
});
check('write: a name that needs encoding', () => {
  conjur('variable', 'set', '-i', AWKWARD, '-v', 'awkward value');
  expect(conjur('variable', 'get', '-i', AWKWARD) === 'awkward value', 'another value');
});
check('read: an earlier version', () => {
  conjur('variable', 'set', '-i', 'app/versions', '-v', 'one');
  conjur('variable', 'set', '-i', 'app/versions', '-v', 'two');
  expect(conjur('variable', 'get', '-i', 'app/versions', '-v', '1') === 'one', 'another value');
});
check('read: a variable that is not there', () =>
  expectRefusal(/404|not found/i, 'variable', 'get', '-i', 'app/ghost'),
);
check('batch: several at once', () => {
  const values = json('variable', 'get', '-i', 'app/versions,app/from-us');
  expect(
    Object.values(values).includes('two') && Object.values(values).includes(PEER_VALUE),
    Object.keys(values).join(),
  );
});

check('list: by kind and search', () => {
  const listed = json('list', '-k', 'variable', '-s', 'versions');
  expect(listed.length === 1 && listed[0] === `${CONJUR_ACCOUNT}:variable:app/versions`, JSON.stringify(listed));
});
check('list: page by page', () => {
  const pages = [
    ...json('list', '-k', 'variable', '-l', '3'),
    ...json('list', '-k', 'variable', '-l', '100', '-o', '3'),
  ];
  expect(pages.join() === json('list', '-k', 'variable').join(), pages.join());
});
check('list: what another role sees', () => {
  const listed = json('list', '-k', 'variable', '-r', `${CONJUR_ACCOUNT}:host:app/reader`);
  expect(listed.length === 6, JSON.stringify(listed));
});
check('list: the count', () => {
  const counted = conjur('list', '-k', 'host', '-c');
  expect(/\b2\b/.test(counted), counted);
});
check('list: members of a role', () => {
  const members = conjur('list', '-m', `${CONJUR_ACCOUNT}:group:app/readers`);
  expect(members.includes('host:app/reader'), members);
});

check('check: a role', () => {
  expect(json('role', 'show', 'host:app/reader').id === `${CONJUR_ACCOUNT}:host:app/reader`, 'another role');
  expect(conjur('role', 'exists', 'host:app/ghost').includes('false'), 'a ghost is there');
  expect(conjur('role', 'members', 'group:app/readers').includes('host:app/reader'), 'it is no member');
  expect(conjur('role', 'memberships', 'host:app/reader').includes('group:app/readers'), 'no such membership');
});
check('check: a resource, and who may read it', () => {
  expect(json('resource', 'show', 'variable:app/versions').secrets.length === 2, 'other versions');
  expect(conjur('resource', 'exists', 'variable:app/versions').includes('true'), 'it is not there');
  const roles = conjur('resource', 'permitted-roles', 'variable:app/from-us', 'execute');
  expect(roles.includes('host:app/reader'), roles);
});

check('policy: load', () => {
  const loaded = json('policy', 'load', '-b', 'scratch', '-f', policyFile('- !host one\n- !host two'));
  expect(
    loaded.version >= 1 && `${CONJUR_ACCOUNT}:host:scratch/one` in loaded.created_roles,
    JSON.stringify(loaded.version),
  );
});
check('policy: update deletes', () => {
  conjur('policy', 'update', '-b', 'scratch', '-f', policyFile('- !delete { record: !host two }'));
  expect(conjur('resource', 'exists', 'host:scratch/two').includes('false'), 'it is still there');
});
check('policy: replace', () => {
  conjur('policy', 'replace', '-b', 'scratch', '-f', policyFile('- !variable only'));
  expect(conjur('resource', 'exists', 'host:scratch/one').includes('false'), 'it is still there');
});
check('policy: one that cannot be read is refused', () =>
  expectRefusal(/422/, 'policy', 'load', '-b', 'scratch', '-f', policyFile('- !nonsense x')),
);

check('host factory: a token, a host, and the token revoked', () => {
  const made = json('hostfactory', 'tokens', 'create', '-i', 'app/factory', '--duration', '5m');
  const token = made[0].token;
  const host = json('hostfactory', 'hosts', 'create', '-i', 'made', '-t', token);
  expect(host.id === `${CONJUR_ACCOUNT}:host:made`, host.id);
  conjur('hostfactory', 'tokens', 'revoke', '-t', token);
  expectRefusal(/401/, 'hostfactory', 'hosts', 'create', '-i', 'late', '-t', token);
});
check('authenticators: one is switched off and on', () => {
  conjur('authenticator', 'disable', '-i', 'authn-jwt/ci');
  conjur('authenticator', 'enable', '-i', 'authn-jwt/ci');
});

check('rotation: a host logs in with the new key, and no longer with the old', () => {
  const fresh = conjur('host', 'rotate-api-key', '-i', 'app/reader').split('\n').at(-1) as string;
  expectRefusal(/401|Unable|unauthorized/i, 'login', '-i', 'host/app/reader', '-p', PEER_HOST_KEY as string);
  logIn('host/app/reader', fresh);
  expect(json('whoami').username === 'host/app/reader', 'somebody else');
  expectRefusal(/403/, 'variable', 'set', '-i', 'app/from-us', '-v', 'x');
});
check("rotation: one's own key", () => {
  const fresh = conjur('host', 'rotate-api-key').split('\n').at(-1) as string;
  logIn('host/app/reader', fresh);
});
check('login: logout', () => {
  conjur('logout');
  expectRefusal(/./, 'variable', 'get', '-i', 'app/from-us');
});

endChecks();
