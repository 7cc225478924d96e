import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, endChecks, expect } from '../checks.ts';
import { createCommandLine, policyFile } from '../command-line.ts';

/** The command line that the vendor wrote in Python, before the one in Go: each check runs it as a person would. */

const {
  CONJUR_APPLIANCE_URL = '',
  CONJUR_ACCOUNT = '',
  CONJUR_AUTHN_API_KEY = '',
  PEER_TLS_URL = '',
  PEER_TLS_KEY = '',
  PEER_TLS_CERTIFICATE = '',
  PEER_VALUE = '',
  PEER_HOST_KEY = '',
  PEER_FOLDER = '',
} = process.env;
const AWKWARD = 'app/awkward/ä+b c%41?#:d';
const PASSWORD = 'Str0ng-enough-Pass!';

const { answer, conjur, json, expectRefusal } = createCommandLine();

const atHome = (file: string): string => join(PEER_FOLDER, file);

function logIn(login: string, password: string): void {
  conjur('login', '-i', login, '-p', password);
}

function expectToBe(login: string): void {
  const { username } = json('whoami');
  expect(username === login, `whoami is ${username}`);
}

/** The last word of what a rotation prints. */
function rotate(kind: 'host' | 'user', ...args: string[]): string {
  return conjur(kind, 'rotate-api-key', ...args)
    .split(' ')
    .at(-1) as string;
}

const REFUSED = /401 \(Unauthorized\)/;
const NOT_FOUND = /404 \(Not Found\)/;

check('login: init over TLS, with a certificate that is given', () => {
  conjur('init', '-u', PEER_TLS_URL, '-a', CONJUR_ACCOUNT, '-c', PEER_TLS_CERTIFICATE);
  logIn('admin', PEER_TLS_KEY);
  expectToBe('admin');
});
check('login: init over TLS, with the certificate that the server shows', () => {
  const said = answer(['yes', 'yes'], 'init', '-u', PEER_TLS_URL, '-a', CONJUR_ACCOUNT, '--self-signed', '--force');
  expect(said.includes('fingerprint is:'), said);
  expect(
    readFileSync(atHome('conjur-server.pem'), 'utf8').trim() === readFileSync(PEER_TLS_CERTIFICATE, 'utf8').trim(),
    'another certificate',
  );
  expectToBe('admin');
});
check('login: a certificate that nobody vouches for is refused, unless the person says so', () => {
  conjur('init', '-u', PEER_TLS_URL, '-a', CONJUR_ACCOUNT, '--force');
  expectRefusal(/without certificate verification/, 'login', '-i', 'admin', '-p', PEER_TLS_KEY);
  conjur('--insecure', 'login', '-i', 'admin', '-p', PEER_TLS_KEY);
  expect(JSON.parse(conjur('--insecure', 'whoami')).username === 'admin', 'somebody else');
});
check('login: init asks for the account, which an open-source server does not tell', () => {
  answer([CONJUR_ACCOUNT], 'init', '-u', PEER_TLS_URL, '-c', PEER_TLS_CERTIFICATE, '--force');
  expect(readFileSync(atHome('.conjurrc'), 'utf8').includes(`conjur_account: ${CONJUR_ACCOUNT}\n`), 'another account');
});
check('login: init without TLS, where the person says so', () => {
  expectRefusal(/is not supported/, 'init', '-u', CONJUR_APPLIANCE_URL, '-a', CONJUR_ACCOUNT, '--force');
  conjur('--insecure', 'init', '-u', CONJUR_APPLIANCE_URL, '-a', CONJUR_ACCOUNT, '--force');
});
check('login: a wrong key is refused', () => expectRefusal(REFUSED, 'login', '-i', 'admin', '-p', 'wrong'));
check('login: with the api key, which is kept in .netrc', () => {
  logIn('admin', CONJUR_AUTHN_API_KEY);
  const kept = readFileSync(atHome('.netrc'), 'utf8');
  expect(
    kept.includes(`machine ${CONJUR_APPLIANCE_URL}\nlogin admin\npassword ${CONJUR_AUTHN_API_KEY}\n`),
    'not there',
  );
});
check('login: whoami', () => {
  const { account, username, client_ip, token_issued_at } = json('whoami');
  expect(account === CONJUR_ACCOUNT && username === 'admin' && client_ip === '127.0.0.1', `${account} ${username}`);
  expect(!Number.isNaN(Date.parse(token_issued_at)), token_issued_at);
});

check('read: what our client wrote', () => {
  const value = conjur('variable', 'get', '-i', 'app/from-us');
  expect(value === PEER_VALUE, value);
});
check('write: what our client will read', () => {
  conjur('variable', 'set', '-i', 'app/from-them', '-v', PEER_VALUE);
});
check('write: what a shell or a form would change', () => {
  for (const value of ['100% sure & a+b=c', 'ünï\r\nsecond line', '{"a": 1}', 'x'.repeat(60_000)]) {
    conjur('variable', 'set', '-i', 'app/binary', '-v', value);
    expect(conjur('variable', 'get', '-i', 'app/binary') === value, `${value.slice(0, 20)} came back changed`);
  }
});
check('write: a name that needs encoding', () => {
  conjur('variable', 'set', '-i', AWKWARD, '-v', 'awkward value');
  expect(conjur('variable', 'get', '-i', AWKWARD) === 'awkward value', 'another value');
});
check('read: an earlier version, and one that there is not', () => {
  conjur('variable', 'set', '-i', 'app/versions', '-v', 'one');
  conjur('variable', 'set', '-i', 'app/versions', '-v', 'two');
  expect(conjur('variable', 'get', '-i', 'app/versions', '--version', '1') === 'one', 'another value');
  expect(conjur('variable', 'get', '-i', 'app/versions') === 'two', 'another value');
  expectRefusal(NOT_FOUND, 'variable', 'get', '-i', 'app/versions', '--version', '9');
});
check('read: a variable without a value, and none at all', () => {
  expectRefusal(NOT_FOUND, 'variable', 'get', '-i', 'app/never-set');
  expectRefusal(NOT_FOUND, 'variable', 'get', '-i', 'app/ghost');
});
check('write: a variable that is not there', () =>
  expectRefusal(NOT_FOUND, 'variable', 'set', '-i', 'app/ghost', '-v', 'value'),
);
check('batch: several at once, also one that needs encoding', () => {
  const values = json('variable', 'get', '-i', 'app/versions', 'app/from-us', AWKWARD);
  expect(Object.keys(values).length === 3, Object.keys(values).join());
  expect(values['app/versions'] === 'two' && values['app/from-us'] === PEER_VALUE, 'another value');
  expect(values[AWKWARD] === 'awkward value', 'another value');
});
check('batch: one that is missing fails them all', () =>
  expectRefusal(NOT_FOUND, 'variable', 'get', '-i', 'app/versions', 'app/ghost'),
);

const variable = (id: string): string => `${CONJUR_ACCOUNT}:variable:${id}`;
const host = (id: string): string => `${CONJUR_ACCOUNT}:host:${id}`;

check('list: by kind', () => {
  const listed = json('list', '-k', 'host');
  expect(listed.join() === [host('app/reader'), host('app/rotated')].join(), listed.join());
});
check('list: by kind and search', () => {
  const listed = json('list', '-k', 'variable', '-s', 'versions');
  expect(listed.join() === variable('app/versions'), listed.join());
});
check('list: page by page', () => {
  const pages = [
    ...json('list', '-k', 'variable', '-l', '3'),
    ...json('list', '-k', 'variable', '-l', '100', '-o', '3'),
  ];
  expect(pages.join() === json('list', '-k', 'variable').join(), pages.join());
});
check('list: in full', () => {
  const [{ id, owner, secrets, permissions }] = json('list', '-i', '-s', 'versions');
  expect(id === variable('app/versions') && owner === `${CONJUR_ACCOUNT}:policy:app`, `${id} ${owner}`);
  expect(secrets.length === 2 && permissions.length === 2, `${secrets.length} versions`);
});
check('list: what another role sees', () => {
  const listed = json('list', '-k', 'variable', '-r', host('app/reader'));
  expect(listed.length === 6, listed.join());
});
check('list: members of a group, by its name alone and in full', () => {
  const members = json('list', '-m', 'app/readers');
  expect(members.join() === [host('app/reader'), `${CONJUR_ACCOUNT}:policy:app`].join(), members.join());
  const inFull = json('list', '-m', 'group:app/readers', '-i');
  expect(inFull[1].admin_option === true && inFull[1].ownership === true, JSON.stringify(inFull[1]));
});
check('check: who has a right', () => {
  const allowed = json('list', '-pr', 'app/from-us', '-p', 'execute');
  expect(allowed.includes(host('app/reader')), allowed.join());
  const denied = json('list', '-pr', 'variable:app/from-us', '-p', 'update');
  expect(!denied.includes(host('app/reader')), denied.join());
});

check('policy: load, with the keys of new hosts, and one of them logs in', () => {
  const loaded = json('policy', 'load', '-b', 'scratch', '-f', policyFile('- !host one\n- !host two'));
  expect(loaded.version >= 1, JSON.stringify(loaded.version));
  logIn('host/scratch/one', loaded.created_roles[host('scratch/one')].api_key);
  expectToBe('host/scratch/one');
  logIn('admin', CONJUR_AUTHN_API_KEY);
});
check('policy: update deletes', () => {
  conjur('policy', 'update', '-b', 'scratch', '-f', policyFile('- !delete { record: !host two }'));
  expect(json('list', '-k', 'host', '-s', 'two').length === 0, 'it is still there');
});
check('policy: replace', () => {
  conjur('policy', 'replace', '-b', 'scratch', '-f', policyFile('- !variable only'));
  const left = json('list', '-s', 'scratch');
  expect(left.join() === [`${CONJUR_ACCOUNT}:policy:scratch`, variable('scratch/only')].join(), left.join());
});
check('policy: one that cannot be read is refused, and so is an empty one', () => {
  expectRefusal(/422.*nonsense/, 'policy', 'load', '-b', 'scratch', '-f', policyFile('- !nonsense x'));
  expectRefusal(/422.*is not present/, 'policy', 'load', '-b', 'scratch', '-f', policyFile(''));
});
check('policy: a branch that is not there', () =>
  expectRefusal(NOT_FOUND, 'policy', 'load', '-b', 'ghost', '-f', policyFile('- !host x')),
);

check('host factory: a token, a host, and the token revoked', () => {
  const [{ token }] = json('hostfactory', 'create', 'token', '-i', 'app/factory', '-m', '5');
  const made = json('hostfactory', 'create', 'host', '-i', 'made', '-t', token);
  expect(made.id === host('made'), made.id);
  logIn('host/made', made.api_key);
  logIn('admin', CONJUR_AUTHN_API_KEY);
  expect(conjur('hostfactory', 'revoke', 'token', '-t', token).endsWith('has been revoked.'), 'it is not revoked');
  expectRefusal(REFUSED, 'hostfactory', 'create', 'host', '-i', 'late', '-t', token);
  expectRefusal(NOT_FOUND, 'hostfactory', 'revoke', 'token', '-t', token);
});
check('host factory: a token is bound to addresses', () => {
  const cidr = '192.0.2.0/24,198.51.100.7/32';
  const [made] = json('hostfactory', 'create', 'token', '-i', 'app/factory', '-d', '1', '--cidr', cidr);
  expect(made.cidr.join() === cidr, made.cidr.join());
  expectRefusal(REFUSED, 'hostfactory', 'create', 'host', '-i', 'far', '-t', made.token);
});

check('rotation: a host logs in with the new key, and no longer with the old', () => {
  const fresh = rotate('host', '-i', 'app/reader');
  expectRefusal(REFUSED, 'login', '-i', 'host/app/reader', '-p', PEER_HOST_KEY);
  logIn('host/app/reader', fresh);
  expectToBe('host/app/reader');
  expectRefusal(/403 \(Forbidden\)/, 'variable', 'set', '-i', 'app/from-us', '-v', 'x');
});
check("rotation: nobody's token rotates the key that gave it", () =>
  expectRefusal(/401|403/, 'host', 'rotate-api-key', '-i', 'app/reader'),
);
check("rotation: another user's key, and then one's own, which is kept", () => {
  logIn('admin', CONJUR_AUTHN_API_KEY);
  const given = rotate('user', '-i', 'alice');
  logIn('alice', given);
  const fresh = rotate('user');
  expectToBe('alice');
  expectRefusal(REFUSED, 'login', '-i', 'alice', '-p', given);
  logIn('alice', fresh);
});
check('rotation: a host that is not there', () => {
  logIn('admin', CONJUR_AUTHN_API_KEY);
  expectRefusal(NOT_FOUND, 'host', 'rotate-api-key', '-i', 'app/ghost');
});
check('rotation: a password is changed and then used; a weak one is refused', () => {
  logIn('alice', rotate('user', '-i', 'alice'));
  conjur('user', 'change-password', '-p', PASSWORD);
  expectRefusal(/Invalid password/, 'user', 'change-password', '-p', 'weak');
  expectRefusal(REFUSED, 'login', '-i', 'alice', '-p', 'another');
  logIn('alice', PASSWORD);
  expectToBe('alice');
});

check('login: logout', () => {
  conjur('logout');
  expectRefusal(/already logged out/, 'logout');
  expect(!readFileSync(atHome('.netrc'), 'utf8').includes('alice'), 'the key is still there');
  expectRefusal(/log in to Conjur/, 'variable', 'get', '-i', 'app/from-us');
});

endChecks();
