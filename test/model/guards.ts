/** A guard of the code, and what the rotation does without it. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** A scenario of ./scenarios.ts that breaks a rule without the guard. */
  readonly scenario: string;
  /** What the rule says then. */
  readonly violation: RegExp;
}

const CREATE = 'functions/rotate-key/strategies/conjur-api-key/create-secret.ts';
const FINISH = 'functions/rotate-key/strategies/conjur-api-key/finish-secret.ts';
const VERSIONS = 'functions/rotate-key/strategies/conjur-api-key/secret-versions.ts';
const ROTATE = 'functions/rotate-key/strategies/conjur-api-key/rotate-credential.ts';
const VIRTUAL_KEY = 'functions/rotate-key/strategies/litellm-virtual-key/rotate-virtual-key.ts';

/** Each of them was once removed by a mutation that no test noticed, or was found missing by the model. */
export const GUARDS: readonly Guard[] = [
  {
    name: 'a last look before a key of a pair is made',
    file: CREATE,
    from: '    await assertNotOvertaken(context, seen);\n',
    to: '',
    scenario: 'a pair, two rotations',
    violation: /without a look right before/,
  },
  {
    name: 'the same for a single host',
    file: CREATE,
    from: '    await assertNotOvertaken(context, seen);\n',
    to: '',
    scenario: 'a single host, two rotations',
    violation: /without a look right before/,
  },
  {
    name: 'another look before a lost answer is made good',
    file: CREATE,
    from: '  for (let attempt = 1; ; attempt += 1) {\n    await assertNotOvertaken(context, seen);\n',
    to: '  await assertNotOvertaken(context, seen);\n  for (let attempt = 1; ; attempt += 1) {\n',
    scenario: 'a pair, a rotation that loses an answer, and another',
    violation: /without a look right before|staged key was killed/,
  },
  {
    name: 'AWSCURRENT has not moved meanwhile',
    file: CREATE,
    from: "  if (findStage(description, 'AWSCURRENT') !== current.versionId) throw overtaken(secretId);\n",
    to: '',
    scenario: 'a pair, two rotations',
    violation: /The key in use is dead/,
  },
  {
    name: 'nobody has staged a key meanwhile',
    file: CREATE,
    from: '  if (isForeign) throw underWay(secretId, pending);\n',
    to: '',
    scenario: 'a pair, two rotations',
    violation: /A staged key was killed/,
  },
  {
    name: 'only a key of the pair heals it',
    file: CREATE,
    from: 'other === undefined || !hosts.includes(other.credential.login)',
    to: 'other === undefined',
    scenario: 'a pair whose key is dead, after one of other hosts',
    violation: /which the secret does not name/,
  },
  {
    name: 'AWSPREVIOUS and AWSPENDING heal a pair',
    file: CREATE,
    from: "of ['AWSPREVIOUS', 'AWSPENDING'] as const",
    to: 'of [] as const',
    scenario: 'a pair whose key is dead',
    violation: /The next rotation fails/,
  },
  {
    name: 'what is staged was made of what is in use',
    file: VERSIONS,
    from: ' || !haveSameFields(staged.content, inUse.content)',
    to: '',
    scenario: 'pair, an operator who changes a field',
    violation: /The operator's write was undone/,
  },
  {
    name: 'what is staged is not older than what is in use',
    file: VERSIONS,
    from: 'return isOlder || ',
    to: 'return ',
    scenario: 'a pair, a label left on a version that was replaced twice',
    violation: /A key that the operator replaced is in use again/,
  },
  {
    name: 'a version that is or was in use is spent',
    file: VERSIONS,
    from: 'isSpent ? undefined : pending',
    to: 'pending',
    scenario: 'pair-with-left-over-label, an operator who changes a field',
    violation: /reports v2, which never came into use/,
  },
  {
    name: 'a version that follows from the one in use is spent',
    file: ROTATE,
    from: 'return spent === undefined ? versionId : undefined;',
    to: 'return versionId;',
    scenario: 'pair-rotated-once, an operator who moves AWSCURRENT back',
    violation: /./,
  },
  {
    name: 'another rotation that finished has another key',
    file: ROTATE,
    from: 'before === undefined || parseHostCredential(before.content, secretId).apiKey.equals(credential.apiKey)',
    to: 'before === undefined',
    scenario: 'pair, an operator who changes a field',
    violation: /the key is the old one/,
  },
  {
    name: 'the finished key is tested',
    file: FINISH,
    from: '    await testCredential(context, staged);\n',
    to: '',
    scenario: 'pair, an operator who switches to the other host',
    violation: /tested long ago, if ever/,
  },
  {
    name: 'and again after AWSCURRENT was moved by somebody else',
    file: FINISH,
    from: '  for (let moves = 0; moves < MAX_MOVES; moves += 1) {\n    await testCredential(context, staged);\n',
    to: '  await testCredential(context, staged);\n  for (let moves = 0; moves < MAX_MOVES; moves += 1) {\n',
    scenario: 'a pair, two rotations, an operator who replaces a leaked key',
    violation: /tested long ago, if ever/,
  },
  {
    name: 'AWSPENDING is mine',
    file: FINISH,
    from: ' || findPending(description) !== versionId',
    to: '',
    scenario: 'pair, an operator who takes AWSPENDING off',
    violation: /was not staged any more/,
  },
  {
    name: 'AWSCURRENT moves from the version that was looked at',
    file: 'functions/rotate-key/strategies/conjur-api-key/create-secret-versions.ts',
    from: '        RemoveFromVersionId: from,\n',
    to: '        RemoveFromVersionId: undefined,\n',
    scenario: 'a pair, two rotations',
    violation: /./,
  },
  {
    name: 'a key is tested at the leader',
    file: 'functions/rotate-key/create-deps.ts',
    from: '{ ...settings, readBaseUrls: [] }',
    to: 'settings',
    scenario: 'a pair, two rotations, a follower that lags behind',
    violation: /./,
  },
  {
    name: 'LiteLLM is asked before a key is promoted',
    file: VIRTUAL_KEY,
    from: 'made !== undefined && (await litellm.isCurrent(made, deadline)) ? made : undefined',
    to: 'made',
    scenario: 'a virtual key, two rotations',
    violation: /promoted a key without asking/,
  },
  {
    name: 'a key that somebody stored meanwhile stays',
    file: VIRTUAL_KEY,
    from: 'const isUntouched = next !== undefined && stored?.equals(oldKey) === true;',
    to: 'const isUntouched = next !== undefined;',
    scenario: 'a virtual key, an operator who stores another key',
    violation: /wrote over a live key that it had read/,
  },
  {
    name: 'a key that was written over is put back',
    file: VIRTUAL_KEY,
    from: 'const replaced = promoted && (await findReplaced(deps, name, oldKey, promoted));',
    to: 'const replaced = undefined;',
    scenario: 'a virtual key, an operator who stores another key',
    violation: /The operator's write was undone/,
  },
  {
    name: "an operator's key is found among the older versions",
    file: VIRTUAL_KEY,
    from: ' ?? (await findCurrent(deps, name));',
    to: ';',
    scenario: 'a virtual key, an operator who replaces the key',
    violation: /The next rotation fails/,
  },
  {
    name: 'a key that stood in the variable is no stranger beside it',
    file: VIRTUAL_KEY,
    from: '  if ((await versionWith(conjur, name, staged, deadline)) === undefined) throw foreignStage(name);',
    to: '  throw foreignStage(name);',
    scenario: 'a virtual key, an operator who stores another key',
    violation: /in use by somebody else/,
  },
  {
    name: 'the key in use is staged where another was',
    file: VIRTUAL_KEY,
    from: '  if (made?.equals(key) === false)\n',
    to: '  if (made?.equals(key) === undefined)\n',
    scenario: 'a virtual key, an operator who stores another key',
    violation: /in use by somebody else/,
  },
];
