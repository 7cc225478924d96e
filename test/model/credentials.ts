import { createApiKeyAuthenticator } from '../../lib/auth/api-key.ts';
import { createSecretsManagerCredential } from '../../lib/auth/secrets-manager-credential.ts';
import { createConjurClient } from '../../lib/client.ts';
import { Secret } from '../../lib/secret.ts';
import { createNameOf } from '../../lib/settings.ts';
import type { Actor, Call, Model, Outcome, Port, Step } from './explore.ts';
import { createConjurDispatcher, invokeRotateKey, modelSettings, stillClock } from './rotate-key-process.ts';
import {
  applyCall,
  catchUp,
  EMPTY_WORLD,
  type HttpInput,
  holderOf,
  isAlive,
  tidyMemory,
  toApiKey,
  type Version,
  type World,
} from './world.ts';

/** The secret that is rotated, and one beside it that nobody named. */
export const SECRET = 'credential';
const OTHER_SECRET = 'credential-of-others';
const BLUE = 'host/app/blue';
const GREEN = 'host/app/green';
const ONLY = 'host/app/only';
/** Hosts that the secret named before it was given others. */
const X = 'host/old/x';
const Y = 'host/old/y';

interface Content {
  readonly username: string;
  readonly api_key: string;
  readonly hosts?: readonly string[];
  readonly note?: string;
}

/** What a credential is, and what of a rotation lies behind it already. */
export type Beginning =
  | 'pair'
  | 'pair-rotated-once'
  | 'pair-with-left-over-label'
  | 'pair-begun'
  | 'pair-reserved'
  | 'pair-with-old-label'
  | 'pair-dead'
  | 'pair-dead-after-other-hosts'
  | 'single';

export const RESERVED = 'version-that-secrets-manager-has-reserved';

export function worldOf(beginning: Beginning, hasFollower = false): World {
  const pair = { hosts: [BLUE, GREEN], note: 'of the operator' };
  const blue: Content = { username: BLUE, api_key: toApiKey(BLUE, 0), ...pair };
  const green: Content = { username: GREEN, api_key: toApiKey(GREEN, 0), ...pair };
  const only: Content = { username: ONLY, api_key: toApiKey(ONLY, 0), note: 'of the operator' };
  const version = (id: string, content: Content | undefined, createdAt: number, ...stages: string[]): Version => ({
    id,
    content: content && JSON.stringify(content),
    createdAt,
    stages,
  });
  const versions: Record<Beginning, readonly Version[]> = {
    pair: [version('v1', blue, 1, 'AWSCURRENT')],
    'pair-rotated-once': [version('v1', blue, 1, 'AWSPREVIOUS'), version('v2', green, 2, 'AWSCURRENT')],
    'pair-with-left-over-label': [
      version('v1', blue, 1, 'AWSPREVIOUS'),
      version('v2', green, 2, 'AWSCURRENT', 'AWSPENDING'),
    ],
    'pair-begun': [version('v1', blue, 1, 'AWSCURRENT'), version('v2', green, 2, 'AWSPENDING')],
    'pair-reserved': [version('v1', blue, 1, 'AWSCURRENT'), version(RESERVED, undefined, 1, 'AWSPENDING')],
    // An operator has replaced the leaked key of green by the other host, twice.
    'pair-with-old-label': [
      version('v1', green, 1, 'AWSPENDING'),
      version('v2', blue, 2, 'AWSPREVIOUS'),
      version('v3', { ...blue, api_key: toApiKey(BLUE, 1) }, 3, 'AWSCURRENT'),
    ],
    'pair-dead': [
      version('v1', blue, 1, 'AWSPREVIOUS'),
      version('v2', { ...green, api_key: 'an-old-key-of-green' }, 2, 'AWSCURRENT'),
    ],
    'pair-dead-after-other-hosts': [
      version('v1', { ...green, username: X, api_key: toApiKey(X, 0), hosts: [X, Y] }, 1, 'AWSPREVIOUS'),
      version('v2', { ...green, api_key: 'an-old-key-of-green' }, 2, 'AWSCURRENT'),
    ],
    single: [version('v1', only, 1, 'AWSCURRENT')],
  };
  const generations: Record<string, number> = beginning === 'pair-with-old-label' ? { [BLUE]: 1 } : {};
  const conjur = { generations, variables: { canary: ['sings'] } };
  return {
    ...EMPTY_WORLD,
    secrets: { [SECRET]: versions[beginning], [OTHER_SECRET]: [version('w1', blue, 1, 'AWSCURRENT')] },
    contents: 3,
    conjur,
    follower: hasFollower ? conjur : undefined,
    memory: {
      moves: '0',
      wanted: fieldsOf((beginning === 'single' ? only : blue) as Content),
      ...(beginning === 'pair-with-old-label' ? { leaked: green.api_key } : {}),
      ...(beginning.startsWith('pair-dead') ? { excuse: 'dead at the beginning' } : {}),
    },
  };
}

/** All that is the operator's own in a credential: a rotation must keep it. */
function fieldsOf({ username: _, api_key: __, ...fields }: Content): string {
  return JSON.stringify(fields);
}

export function currentOf(world: World): { readonly id: string; readonly content: Content } {
  const version = holderOf(world.secrets[SECRET] ?? [], 'AWSCURRENT');
  if (version?.content === undefined) throw new Error('Nothing is AWSCURRENT.');
  return { id: version.id, content: JSON.parse(version.content) as Content };
}

/** The labels, and what stands under them. */
function labelsOf(world: World): string {
  return JSON.stringify((world.secrets[SECRET] ?? []).map(({ id, stages, createdAt }) => [id, stages, createdAt]));
}

function isStagedAlive(world: World): boolean {
  const staged = holderOf(world.secrets[SECRET] ?? [], 'AWSPENDING');
  if (staged?.content === undefined || staged.stages.length > 1) return false;
  const content = JSON.parse(staged.content) as Content;
  const current = holderOf(world.secrets[SECRET] ?? [], 'AWSCURRENT');
  // One that would undo what is in use is not to be used any more.
  if (staged.createdAt < (current?.createdAt ?? 0) || fieldsOf(content) !== fieldsOf(currentOf(world).content))
    return false;
  const { username, api_key: apiKey } = content;
  return isAlive(world.conjur, username, apiKey);
}

function isCurrentAlive(world: World): boolean {
  const { content } = currentOf(world);
  return isAlive(world.conjur, content.username, content.api_key);
}

/** A direct call. */
export function rotator(name: string, more: Partial<Actor> = {}, hasFollower = false): Actor {
  return {
    name,
    run: (port, incarnation) =>
      invokeRotateKey(
        port,
        { strategy: 'conjur-api-key', secret_id: SECRET },
        {
          name: `${name}${incarnation}`,
          hasFollower,
        },
      ),
    ...more,
  };
}

/** Secrets Manager, which delivers the four steps of a rotation that it has begun, or begins now. */
export function fourSteps(name: string, token: string, more: Partial<Actor> = {}, hasFollower = false): Actor {
  return {
    name,
    async run(port, incarnation) {
      if (token !== RESERVED) {
        const begun = await put(port, 'RotateSecret', { ClientRequestToken: token });
        if (begun.error !== undefined) return { outcome: 'not begun' };
      }
      let last: unknown;
      for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
        const event = { Step, SecretId: SECRET, ClientRequestToken: token };
        last = await invokeRotateKey(port, event, { name: `${name}${incarnation}${Step}`, hasFollower });
      }
      return { ...(last as object), version: token };
    },
    ...more,
  };
}

/** A warm container that holds the credential, and logs in with it every now and then. */
export function reader(name: string, logins = 2): Actor {
  return {
    name,
    async run(port) {
      const settings = modelSettings();
      const loadReader = async () => ({
        async read(_: string, stage: string) {
          const { SecretString: text } = (await put(port, 'GetSecretValue', { VersionStage: stage })) as {
            SecretString?: string;
          };
          return text === undefined ? undefined : Secret.of(text);
        },
      });
      const source = createSecretsManagerCredential({
        secretId: SECRET,
        option: 'CYBERARK_API_KEY_SECRET_ID',
        login: 'admin',
        loadReader,
        clock: stillClock,
      });
      for (let login = 0; login < logins; login += 1) {
        const authenticator = createApiKeyAuthenticator(settings.account, source, createNameOf(settings));
        await createConjurClient(settings, {
          clock: stillClock,
          dispatcher: createConjurDispatcher(port),
          authenticator,
        }).authenticate();
      }
    },
  };
}

async function put(port: Port, name: string, input: object): Promise<{ readonly error?: string }> {
  const answer = await port({ service: 'secrets-manager', name, input: { SecretId: SECRET, ...input } });
  return (answer as { value: { error?: string } }).value;
}

async function readCurrent(port: Port): Promise<Content> {
  const answer = (await put(port, 'GetSecretValue', { VersionStage: 'AWSCURRENT' })) as { SecretString?: string };
  return JSON.parse(answer.SecretString as string) as Content;
}

async function rotateAsAdmin(port: Port, host: string): Promise<string> {
  const token = Buffer.from(JSON.stringify({ payload: Buffer.from('{"sub":"admin"}').toString('base64') }));
  const input = { origin: 'http://conjur.test', body: '', authorization: `Token token="${token.toString('base64')}"` };
  const role = encodeURIComponent(host.replace('host/', 'host:'));
  const answer = await port({ service: 'conjur', name: `PUT /authn/default/api_key?role=${role}`, input });
  return (answer as { value: { body: string } }).value.body;
}

const putCurrent = (port: Port, content: Content, id: string) =>
  put(port, 'PutSecretValue', { ClientRequestToken: id, SecretString: JSON.stringify(content) });

/** What an operator does by hand. None of it looks whether a rotation is under way. */
export const OPERATORS = {
  /** Changes a field of their own. */
  'changes a field': async (port) => {
    const current = await readCurrent(port);
    await putCurrent(port, { ...current, note: 'changed' }, 'v-operator');
  },
  /** The key in use has leaked: a new one for the same host. */
  'replaces a leaked key': async (port) => {
    const current = await readCurrent(port);
    const apiKey = await rotateAsAdmin(port, current.username);
    await putCurrent(port, { ...current, api_key: apiKey, note: 'the old one leaked' }, 'v-operator');
  },
  /** The same by way of the other host. */
  'switches to the other host': async (port) => {
    const current = await readCurrent(port);
    const other = current.hosts?.find((host) => host !== current.username) ?? current.username;
    const apiKey = await rotateAsAdmin(port, other);
    await putCurrent(port, { ...current, username: other, api_key: apiKey, note: 'the old one leaked' }, 'v-operator');
  },
  /** Back to the version before. */
  'moves AWSCURRENT back': async (port) => {
    const { VersionIdsToStages: stages = {} } = (await put(port, 'DescribeSecret', {})) as {
      VersionIdsToStages?: Record<string, string[]>;
    };
    const find = (stage: string) => Object.keys(stages).find((id) => stages[id]?.includes(stage));
    const [to, from] = [find('AWSPREVIOUS'), find('AWSCURRENT')];
    if (to === undefined || from === undefined) return;
    await put(port, 'UpdateSecretVersionStage', {
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: to,
      RemoveFromVersionId: from,
    });
  },
  /** As AWS advises where a rotation is stuck. */
  'takes AWSPENDING off': async (port) => {
    const { VersionIdsToStages: stages = {} } = (await put(port, 'DescribeSecret', {})) as {
      VersionIdsToStages?: Record<string, string[]>;
    };
    const from = Object.keys(stages).find((id) => stages[id]?.includes('AWSPENDING'));
    if (from === undefined) return;
    await put(port, 'UpdateSecretVersionStage', { VersionStage: 'AWSPENDING', RemoveFromVersionId: from });
  },
} as const satisfies Record<string, (port: Port) => Promise<void>>;

export function operator(does: keyof typeof OPERATORS): Actor {
  return { name: 'operator', run: OPERATORS[does] };
}

export interface CredentialModel {
  readonly beginning: Beginning;
  readonly actors: readonly Actor[];
  readonly hasFollower?: boolean;
  readonly crashes?: number;
  readonly losses?: number;
}

/** Counts what the rules excuse, so that a test can say how much that is. */
export interface Excused {
  /** States in which the key in use is dead, because another run came between the last look and the very next request. */
  slips: number;
}

/**
 * - A key in use is alive. Excused: what an operator kills by hand; a single host, whose key dies in the moment in which the next one is
 *   made; and what slips in between a run's last look and its very next request, which Conjur gives no means to exclude.
 * - An operator's write is not undone: their fields, and the version that they chose, are in use or gone on from.
 * - Success means that a new key is in use.
 * - No secret and no host but the named ones is changed.
 */
export function credentialModel(given: CredentialModel, excused: Excused = { slips: 0 }): Model<World> {
  const isSingle = given.beginning === 'single';
  const hasOperator = given.actors.some(({ name }) => name === 'operator');
  const recovered = new Set<string>();
  return {
    initial: worldOf(given.beginning, given.hasFollower),
    actors: given.actors,
    crashes: given.crashes ?? 0,
    losses: given.losses ?? 0,
    happenings: given.hasFollower === true ? { 'the follower catches up': catchUp } : {},
    apply(world, call, actor) {
      const applied = applyCall(world, call);
      return {
        ...applied,
        world: { ...applied.world, memory: tidyMemory(remember(world, applied.world, call, actor, isSingle), actor) },
      };
    },
    check(before, after, step) {
      assertUntouched(before, after);
      assertOwnLogin(step);
      assertWanted(after);
      if (isCurrentAlive(after)) return;
      if (after.memory.excuse === 'slipped') excused.slips += 1;
      if (after.memory.excuse !== undefined) return;
      throw new Error(`The key in use is dead, by ${step.actor}.`);
    },
    checkOutcome: (world, actor, outcome) => checkOutcome(world, actor, outcome),
    async checkEnd(world) {
      // Nobody of the pair is left who could log in, and a rotation says so.
      if (given.beginning === 'pair-dead-after-other-hosts') return;
      // Two misfortunes, on top of one.
      if (given.beginning === 'pair-dead' && world.memory.excuse === 'slipped') return;
      const isDead = !isCurrentAlive(world);
      // A person has to look where an operator has put a dead key there, on top of a crash.
      if (isDead && world.memory.excuse !== undefined && (given.crashes ?? 0) > 0 && hasOperator) return;
      // What only the rules remember does not change what a rotation does.
      const { wanted, leaked } = world.memory;
      const key = JSON.stringify({ ...world, memory: { wanted, leaked } });
      if (!recovered.has(key)) await assertRecovers(world);
      recovered.add(key);
    },
  };
}

/** Calls to Secrets Manager between the login with a key and the one that puts it into use: DescribeSecret and two reads. */
const TEST_TO_MOVE = 3;

/** What the rules have to know of the past. */
function remember(before: World, after: World, call: Call, actor: string, isSingle: boolean): World['memory'] {
  const memory: Record<string, string> = { ...before.memory };
  const was = currentOf(before);
  const is = currentOf(after);
  const isOperator = actor.startsWith('operator');
  if (!isOperator && call.name === 'DescribeSecret') memory[`${actor} began at`] ??= `${was.id} ${was.content.api_key}`;
  if (is.id !== was.id) {
    memory[`in use: ${is.id}`] = is.content.api_key;
    if (!isOperator && memory[`${actor} saw staged`] !== is.id)
      throw new Error(`${actor} put ${is.id} into use, which was not staged any more.`);
    if (
      !isOperator &&
      !isCurrentAlive(after) &&
      Number(memory[`${actor} tested ${is.content.api_key}`] ?? 9) > TEST_TO_MOVE
    )
      throw new Error(`${actor} put a key into use that it tested long ago, if ever.`);
    // To somebody who looked before, it has never moved.
    const hasMovedAndReturned = memory[`${actor} saw moves`] !== memory.moves;
    if (!isOperator && hasMovedAndReturned) {
      memory.excuse = 'moved and returned';
      memory.wanted = fieldsOf(is.content);
      delete memory.leaked;
    }
    memory.moves = String(Number(memory.moves) + 1);
    if (isOperator) {
      memory.wanted = fieldsOf(is.content);
      // A field that is changed is no reason to let go of a key; a replaced key is.
      if (is.content.api_key !== was.content.api_key) memory.leaked = was.content.api_key;
    }
  }
  const look = `${actor} looked at`;
  const killsCurrent = isCurrentAlive(before) && !isCurrentAlive(after);
  const killsStaged = isStagedAlive(before) && !isStagedAlive(after);
  if (isOperator) {
    if (killsCurrent || (killsStaged && call.name !== 'PutSecretValue')) memory.excuse = 'operator';
  } else if (call.name.startsWith('PUT /authn/') && (killsCurrent || killsStaged)) {
    // Its last call was its look, and the labels or the staged key have changed since.
    const slipped = memory[look] !== undefined && memory[look] !== labelsOf(before);
    if (slipped) memory.excuse = 'slipped';
    else if (memory[look] === undefined) throw new Error(`${actor} killed a key without a look right before.`);
    else if (killsStaged) throw new Error(`A staged key was killed by ${actor}.`);
    else if (isSingle) memory.excuse = 'single';
  }
  for (const key of Object.keys(memory)) {
    if (call.service === 'secrets-manager' && key.startsWith(`${actor} tested `))
      memory[key] = String(Math.min(9, Number(memory[key]) + 1));
  }
  if (call.name.endsWith('/authenticate')) {
    const { body: apiKey } = call.input as HttpInput;
    memory[`${actor} tested ${apiKey}`] = '0';
  }
  if (memory.excuse !== undefined) memory.wasExcused = 'yes';
  if (is.id !== was.id && isCurrentAlive(after)) delete memory.excuse;
  if (call.name === 'DescribeSecret') {
    memory[`${actor} saw moves`] = memory.moves as string;
    const staged = holderOf(before.secrets[SECRET] ?? [], 'AWSPENDING');
    if (staged === undefined) delete memory[`${actor} saw staged`];
    else memory[`${actor} saw staged`] = staged.id;
  }
  if (call.name === 'DescribeSecret') memory[look] = labelsOf(before);
  else if (call.name !== 'GetSecretValue') delete memory[look];
  return memory;
}

function assertUntouched(before: World, after: World): void {
  if (before.secrets[OTHER_SECRET] !== after.secrets[OTHER_SECRET]) throw new Error('Another secret was changed.');
  if (before.conjur.variables !== after.conjur.variables) throw new Error('A variable was changed.');
  const strangers = Object.keys(after.conjur.generations).filter((role) => ![BLUE, GREEN, ONLY].includes(role));
  if (strangers.length > 0) throw new Error(`${strangers} got a new key.`);
}

function assertOwnLogin({ actor, call }: Step): void {
  const [, login] = /^POST \/authn\/default\/(.+)\/authenticate$/.exec(call.name) ?? [];
  if (login === undefined || ['admin', BLUE, GREEN, ONLY].includes(decodeURIComponent(login))) return;
  throw new Error(`${actor} logged in as ${login}, which the secret does not name.`);
}

function assertWanted(world: World): void {
  const { content } = currentOf(world);
  if (fieldsOf(content) !== world.memory.wanted)
    throw new Error(`The operator's write was undone: ${fieldsOf(content)} instead of ${world.memory.wanted}.`);
  if (world.memory.leaked !== undefined && content.api_key === world.memory.leaked)
    throw new Error('A key that the operator replaced is in use again.');
}

function checkOutcome(world: World, actor: string, outcome: Outcome): void {
  if ('error' in outcome) {
    if (outcome.error.code === 'internal') throw new Error(outcome.error.message);
    if (actor.startsWith('reader') && world.memory.wasExcused === undefined)
      throw new Error(`A reader is left without a key: ${outcome.error.message}`);
    return;
  }
  const { version, outcome: said } = (outcome.value ?? {}) as { version?: string; outcome?: string };
  const isRepeated = said === 'already_current';
  if (version === undefined) return;
  const key = world.memory[`in use: ${version}`];
  if (key === undefined) throw new Error(`${actor} reports ${version}, which never came into use.`);
  const [beganAt, oldKey] = world.memory[`${actor} began at`]?.split(' ') ?? [];
  if (key === oldKey && !(version === beganAt && isRepeated))
    throw new Error(`${actor} reports success, and the key is the old one.`);
}

/** One more rotation, which nothing disturbs, ends well wherever the others have left things. */
async function assertRecovers(world: World): Promise<void> {
  let now = world;
  const port: Port = async (call) => {
    const { world: next, answer } = applyCall(now, call);
    now = next;
    return { value: answer };
  };
  const before = currentOf(world).content.api_key;
  try {
    await invokeRotateKey(port, { strategy: 'conjur-api-key', secret_id: SECRET }, { name: 'next' });
  } catch (error) {
    throw new Error(`The next rotation fails: ${(error as Error).message}`);
  }
  if (!isCurrentAlive(now)) throw new Error('After the next rotation the key in use is dead.');
  if (currentOf(now).content.api_key === before) throw new Error('The next rotation left the old key in use.');
  assertWanted({ ...now, memory: world.memory });
}
