import { createHash } from 'node:crypto';
import { accessTokenText } from '../unit/lib/access-token-text.ts';
import type { Call } from './explore.ts';

export interface Version {
  readonly id: string;
  readonly content: string | undefined;
  /** When it got its content, counted in contents. */
  readonly createdAt: number;
  readonly stages: readonly string[];
}

/** What Conjur holds, as far as a rotation goes. */
export interface ConjurState {
  /** How often each role's api key was made anew: only the last key is alive. */
  readonly generations: Readonly<Record<string, number>>;
  /** The versions of each variable, the first one first. */
  readonly variables: Readonly<Record<string, readonly string[]>>;
}

/** All that stands outside the processes. */
export interface World {
  readonly secrets: Readonly<Record<string, readonly Version[]>>;
  readonly contents: number;
  readonly conjur: ConjurState;
  /** What a follower has copied of it; undefined where there is none. */
  readonly follower: ConjurState | undefined;
  /** LiteLLM's keys by row: the one on record first, then those in their grace period. */
  readonly litellm: Readonly<Record<string, readonly string[]>>;
  /** What the rules remember. No process sees it. */
  readonly memory: Readonly<Record<string, string>>;
}

export const EMPTY_WORLD: World = {
  secrets: {},
  contents: 0,
  conjur: { generations: {}, variables: {} },
  follower: undefined,
  litellm: {},
  memory: {},
};

export const LEADER = 'http://conjur.test';
export const FOLLOWER = 'http://follower.test';
const CONJUR_NAME: Readonly<Record<string, string>> = { [LEADER]: 'conjur', [FOLLOWER]: 'follower' };
export const MASTER_KEY = 'sk-master-key-of-the-model';

export interface HttpInput {
  readonly origin: string;
  readonly body: string;
  readonly authorization: string;
}

export interface HttpValue {
  readonly status: number;
  readonly body: string;
}

type Applied = { readonly world: World; readonly answer: unknown };

/** What a call does. The services keep their own rules, and know nothing of those of a rotation. */
export function applyCall(world: World, call: Call): Applied {
  switch (call.service) {
    case 'secrets-manager':
      return applySecretsManager(world, call.name, call.input as SecretInput);
    case 'conjur':
      return applyConjur(world, call.name, call.input as HttpInput);
    case 'litellm':
      return applyLitellm(world, call.name, call.input as HttpInput);
    default:
      throw new Error(`There is no service ${call.service}.`);
  }
}

interface SecretInput {
  readonly SecretId: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
  readonly ClientRequestToken?: string;
  readonly SecretString?: string;
  readonly VersionStages?: readonly string[];
  readonly MoveToVersionId?: string;
  readonly RemoveFromVersionId?: string;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference: a label is on one version, AWSPREVIOUS follows AWSCURRENT. */
function applySecretsManager(world: World, name: string, input: SecretInput): Applied {
  const versions = world.secrets[input.SecretId];
  if (versions === undefined) return { world, answer: { error: 'ResourceNotFoundException' } };
  const withVersions = (next: readonly Version[], contents = world.contents): World => ({
    ...world,
    contents,
    secrets: { ...world.secrets, [input.SecretId]: next },
  });
  switch (name) {
    case 'DescribeSecret': {
      const stages = Object.fromEntries(versions.filter((v) => v.stages.length > 0).map((v) => [v.id, v.stages]));
      return {
        world,
        answer: { ARN: input.SecretId, Name: input.SecretId, RotationEnabled: true, VersionIdsToStages: stages },
      };
    }
    case 'GetSecretValue': {
      const found =
        input.VersionId === undefined
          ? holderOf(versions, input.VersionStage ?? 'AWSCURRENT')
          : versionOf(versions, input.VersionId);
      if (found?.content === undefined) return { world, answer: { error: 'ResourceNotFoundException' } };
      return { world, answer: { VersionId: found.id, SecretString: found.content, CreatedDate: found.createdAt } };
    }
    case 'PutSecretValue': {
      const id = input.ClientRequestToken as string;
      const known = versionOf(versions, id);
      if (known?.content === input.SecretString) return { world, answer: { VersionId: id } };
      if (known?.content !== undefined) return { world, answer: { error: 'ResourceExistsException' } };
      const contents = world.contents + 1;
      const made: Version = { id, content: input.SecretString, createdAt: contents, stages: known?.stages ?? [] };
      const others = versions.filter((v) => v.id !== id);
      const next = (input.VersionStages ?? ['AWSCURRENT']).reduce((all, stage) => attach(all, stage, id), [
        ...others,
        made,
      ] as readonly Version[]);
      return { world: withVersions(next, contents), answer: { VersionId: id } };
    }
    case 'RotateSecret': {
      const id = input.ClientRequestToken as string;
      const begun = holderOf(versions, 'AWSPENDING');
      if (begun !== undefined && begun.id !== id && !begun.stages.includes('AWSCURRENT'))
        return { world, answer: { error: 'InvalidRequestException' } };
      if (versionOf(versions, id) !== undefined) return { world, answer: { VersionId: id } };
      const empty: Version = { id, content: undefined, createdAt: world.contents, stages: [] };
      return { world: withVersions(attach([...versions, empty], 'AWSPENDING', id)), answer: { VersionId: id } };
    }
    case 'UpdateSecretVersionStage': {
      const stage = input.VersionStage as string;
      const holder = holderOf(versions, stage);
      const { MoveToVersionId: to, RemoveFromVersionId: from } = input;
      if (holder?.id !== from && !(from === undefined && holder === undefined))
        return { world, answer: { error: 'InvalidParameterException' } };
      const next =
        to === undefined
          ? versions.map((v) => (v.id === from ? { ...v, stages: v.stages.filter((s) => s !== stage) } : v))
          : attach(versions, stage, to);
      return { world: withVersions(next), answer: {} };
    }
    default:
      throw new Error(`Secrets Manager has no ${name} here.`);
  }
}

export function holderOf(versions: readonly Version[], stage: string): Version | undefined {
  return versions.find((version) => version.stages.includes(stage));
}

function versionOf(versions: readonly Version[], id: string): Version | undefined {
  return versions.find((version) => version.id === id);
}

function attach(versions: readonly Version[], stage: string, id: string): readonly Version[] {
  const holder = holderOf(versions, stage);
  if (holder?.id === id) return versions;
  const next = versions.map((version) => {
    if (version.id === id) return { ...version, stages: [...version.stages, stage] };
    return version.stages.includes(stage) ? { ...version, stages: version.stages.filter((s) => s !== stage) } : version;
  });
  return stage === 'AWSCURRENT' && holder !== undefined ? attach(next, 'AWSPREVIOUS', holder.id) : next;
}

/** The api key of a generation. */
export function toApiKey(role: string, generation: number): string {
  return `key-of-${role.replaceAll('/', '-')}-${generation}`;
}

export function isAlive({ generations }: ConjurState, login: string, apiKey: string): boolean {
  return toApiKey(login, generations[login] ?? 0) === apiKey;
}

const ACCOUNT = 'default';

/** Only the last api key of a role is let in; a role may give every role a new key; a token outlives its key. */
function applyConjur(world: World, name: string, { origin, body, authorization }: HttpInput): Applied {
  const [method, url = ''] = name.split(' ');
  const { pathname, searchParams } = new URL(url, origin);
  const isLeader = CONJUR_NAME[origin] === 'conjur';
  const state = isLeader ? world.conjur : (world.follower as ConjurState);
  const path = pathname.split('/').slice(1).map(decodeURIComponent);
  const reply = (status: number, text = ''): Applied => ({ world, answer: { status, body: text } satisfies HttpValue });
  const change = (conjur: ConjurState, status: number, text = ''): Applied => ({
    world: { ...world, conjur },
    answer: { status, body: text } satisfies HttpValue,
  });
  if (path[0] === 'authn' && path[3] === 'authenticate') {
    const login = path[2] as string;
    return isAlive(state, login, body) ? reply(200, accessTokenText(480, 1_770_000_000, login)) : reply(401);
  }
  const login = loginOf(authorization);
  if (login === undefined) return reply(401);
  if (path[0] === 'whoami') return reply(200, JSON.stringify({ account: ACCOUNT, username: login }));
  if (path[0] === 'authn' && path[2] === 'api_key' && method === 'PUT' && isLeader) {
    const role = (searchParams.get('role') as string).replace(/^host:/, 'host/');
    const generation = (state.generations[role] ?? 0) + 1;
    const generations = { ...state.generations, [role]: generation };
    return change({ ...state, generations }, 200, toApiKey(role, generation));
  }
  const variable = path.slice(3).join('/');
  const versions = state.variables[variable];
  if (versions === undefined) return reply(404, NOT_FOUND);
  if (path[0] === 'resources') {
    const secrets = versions.map((_, index) => ({ version: index + 1 }));
    return reply(
      200,
      JSON.stringify({ id: `${ACCOUNT}:variable:${variable}`, owner: `${ACCOUNT}:user:admin`, secrets }),
    );
  }
  if (path[0] !== 'secrets') throw new Error(`Conjur has no ${name} here.`);
  if (method === 'GET') {
    const value = versions[Number(searchParams.get('version') ?? versions.length) - 1];
    return value === undefined ? reply(404, NOT_FOUND) : reply(200, value);
  }
  const next = versions.at(-1) === body ? versions : [...versions, body];
  return change({ ...state, variables: { ...state.variables, [variable]: next } }, 201);
}

const NOT_FOUND = JSON.stringify({
  error: { code: 'not_found', message: 'CONJ00076E Variable is empty or not found.' },
});

function loginOf(authorization: string): string | undefined {
  const token = /^Token token="(.+)"$/.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  const { payload } = JSON.parse(Buffer.from(token, 'base64').toString()) as { payload: string };
  return (JSON.parse(Buffer.from(payload, 'base64').toString()) as { sub: string }).sub;
}

/** A row has one key on record; what was replaced works on for its grace period, which here does not end. */
function applyLitellm(world: World, name: string, { body, authorization }: HttpInput): Applied {
  const [, path = ''] = name.split(' ');
  const bearer = authorization.replace('Bearer ', '');
  const reply = (status: number, json: unknown): Applied => ({
    world,
    answer: { status, body: JSON.stringify(json) } satisfies HttpValue,
  });
  const rows = Object.entries(world.litellm);
  const unknown = { error: { message: 'Key not found in database', type: 'not_found', code: '404' } };
  if (path === '/key/info') {
    return rows.some(([, keys]) => keys.includes(bearer))
      ? reply(200, { key: 'its-hash', info: {} })
      : reply(401, { error: { message: 'Authentication Error' } });
  }
  if (bearer !== MASTER_KEY) return reply(401, { error: { message: 'Authentication Error' } });
  if (path === '/key/list') return reply(200, { key: toHash(world.litellm.app?.[0] as string) });
  if (path.startsWith('/key/info?key=')) {
    const hash = path.slice('/key/info?key='.length);
    return rows.some(([, keys]) => toHash(keys[0] as string) === hash)
      ? reply(200, { key: hash, info: {} })
      : reply(404, unknown);
  }
  const { key, new_key: newKey, grace_period: grace } = JSON.parse(body) as Record<string, string>;
  const row = rows.find(([, keys]) => toHash(keys[0] as string) === key);
  if (row === undefined) return reply(404, unknown);
  const kept = grace === undefined ? [] : row[1];
  const litellm = { ...world.litellm, [row[0]]: [newKey as string, ...kept] };
  return { world: { ...world, litellm }, answer: { status: 200, body: JSON.stringify({ key: newKey }) } };
}

/** The memory in sorted order, so that equal states look equal. It leaves out what belongs to a crashed process. */
export function tidyMemory(memory: Readonly<Record<string, string>>, actor: string): Record<string, string> {
  const [name, incarnation] = actor.split('#');
  const isOfCrashed = (key: string): boolean =>
    key.startsWith(`${name}#`) && !key.startsWith(`${name}#${incarnation} `);
  return Object.fromEntries(
    Object.entries(memory)
      .filter(([key]) => !isOfCrashed(key))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const hashes = new Map<string, string>();

export function toHash(key: string): string {
  const known = hashes.get(key) ?? createHash('sha256').update(key).digest('hex');
  hashes.set(key, known);
  return known;
}

/** The follower copies all that it lacks. */
export function catchUp(world: World): World | undefined {
  if (world.follower === undefined || JSON.stringify(world.follower) === JSON.stringify(world.conjur)) return undefined;
  return { ...world, follower: world.conjur };
}
