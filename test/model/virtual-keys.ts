import type { Actor, Call, Model, Outcome, Port } from './explore.ts';
import { invokeRotateKey } from './rotate-key-process.ts';
import {
  applyCall,
  EMPTY_WORLD,
  type HttpInput,
  type HttpValue,
  LEADER,
  MASTER_KEY,
  tidyMemory,
  toHash,
  type World,
} from './world.ts';

const NAME = 'keys/app';
const PENDING = `${NAME}.pending`;
const PATH_OF_NAME = `/secrets/default/variable/${encodeURIComponent(NAME)}`;
const FIRST_KEY = 'sk-first-key';
/** A key that the operator has made beside it, in a row of its own. */
const SECOND_KEY = 'sk-second-key';

export function virtualKeyWorld(): World {
  return {
    ...EMPTY_WORLD,
    conjur: {
      generations: {},
      variables: {
        [NAME]: [FIRST_KEY],
        [PENDING]: [],
        'keys/of-others': ['sk-of-others'],
        'keys/app/deeper': ['sk-x'],
      },
    },
    litellm: { app: [FIRST_KEY], second: [SECOND_KEY], others: ['sk-of-others'] },
  };
}

export function keyRotator(name: string, more: Partial<Actor> = {}): Actor {
  return {
    name,
    run: (port, incarnation) =>
      invokeRotateKey(port, { strategy: 'litellm-virtual-key', name: NAME }, { name: `${name}${incarnation}` }),
    ...more,
  };
}

const adminToken = Buffer.from(JSON.stringify({ payload: Buffer.from('{"sub":"admin"}').toString('base64') })).toString(
  'base64',
);

async function writeByHand(port: Port, value: string): Promise<void> {
  const input = { origin: LEADER, body: value, authorization: `Token token="${adminToken}"` };
  await port({ service: 'conjur', name: `POST ${PATH_OF_NAME}`, input });
}

/** What an operator does by hand. None of it looks whether a rotation is under way. */
export const KEY_OPERATORS = {
  /** Has LiteLLM replace the key, whichever it has by then, and stores the new one. */
  'replaces the key': async (port) => {
    const listed = (await port({
      service: 'litellm',
      name: 'GET /key/list',
      input: { origin: '', body: '', authorization: `Bearer ${MASTER_KEY}` },
    })) as { value: { body: string } };
    const body = JSON.stringify({
      key: (JSON.parse(listed.value.body) as { key: string }).key,
      new_key: 'sk-of-the-operator',
      grace_period: '24h',
    });
    const input = { origin: '', body, authorization: `Bearer ${MASTER_KEY}` };
    const answer = (await port({ service: 'litellm', name: 'POST /key/regenerate', input })) as {
      value: { status: number };
    };
    if (answer.value.status === 200) await writeByHand(port, 'sk-of-the-operator');
  },
  /** Stores a key of another row. */
  'stores another key': async (port) => writeByHand(port, SECOND_KEY),
} as const satisfies Record<string, (port: Port) => Promise<void>>;

export function keyOperator(does: keyof typeof KEY_OPERATORS): Actor {
  return { name: 'operator', run: KEY_OPERATORS[does] };
}

export interface VirtualKeyModel {
  readonly actors: readonly Actor[];
  readonly crashes?: number;
  readonly losses?: number;
}

/**
 * - The key in the variable works, and the one on record stands in Conjur (or with the operator who has just made it).
 * - Where an operator stored a key, that one or one that replaced it at LiteLLM is there in the end.
 * - Success means that the key that is reported was on record, and is a new one.
 * - No other variable and no other row of LiteLLM's is changed.
 */
export function virtualKeyModel(
  { actors, crashes = 0, losses = 0 }: VirtualKeyModel,
  excused = { crashesBeforeTheLook: 0 },
): Model<World> {
  return {
    initial: virtualKeyWorld(),
    actors,
    crashes,
    losses,
    apply(world, call, actor) {
      const applied = applyCall(world, call);
      return {
        ...applied,
        world: {
          ...applied.world,
          memory: tidyMemory(remember(applied.world, world, call, applied.answer, actor), actor),
        },
      };
    },
    check(before, after, { actor, call }) {
      assertUntouched(before, after);
      assertPromotion(before, actor, call);
      if (rowOf(after, storedKey(after)) === undefined) throw new Error('The key in the variable does not work.');
      const onRecord = after.litellm.app?.[0] as string;
      const stored = [...(after.conjur.variables[NAME] ?? []), ...(after.conjur.variables[PENDING] ?? [])];
      if (!stored.includes(onRecord) && onRecord !== 'sk-of-the-operator')
        throw new Error('The key on record stands nowhere.');
    },
    checkOutcome,
    async checkEnd(world) {
      const { wanted, crashed, overwritten } = world.memory;
      // A write that came in between was overwritten, and the process crashed before it could look back.
      if (crashed !== undefined && overwritten !== undefined) {
        excused.crashesBeforeTheLook += 1;
        return;
      }
      if (wanted !== undefined && rowOf(world, storedKey(world)) !== wanted)
        throw new Error("The operator's write was undone.");
      await assertRecovers(world).catch((error: Error) => {
        // The staged key is alive, and nothing tells it from somebody else's: a person has to look.
        if (crashed === undefined || wanted === undefined || !/is in use by somebody else/.test(error.message))
          throw error;
        excused.crashesBeforeTheLook += 1;
      });
    },
  };
}

function storedKey(world: World): string {
  return world.conjur.variables[NAME]?.at(-1) as string;
}

function rowOf(world: World, key: string): string | undefined {
  return Object.keys(world.litellm).find((row) => world.litellm[row]?.includes(key));
}

function remember(after: World, before: World, call: Call, answer: unknown, actor: string): World['memory'] {
  const memory: Record<string, string> = { ...before.memory };
  const asked = /^GET \/key\/info\?key=(.+)$/.exec(call.name)?.[1];
  if (asked !== undefined && (answer as HttpValue).status === 200) memory[`${actor} saw on record`] = asked;
  if (!actor.endsWith('#0')) memory.crashed = actor;
  if (call.name.replace(/\?.*/, '') === `GET ${PATH_OF_NAME}`) memory[`${actor} read`] = (answer as HttpValue).body;
  if (storedKey(after) === storedKey(before)) return memory;
  if (actor.startsWith('operator')) return { ...memory, wanted: rowOf(after, storedKey(after)) as string };
  if (memory.wanted !== undefined && rowOf(before, storedKey(before)) === memory.wanted) memory.overwritten = actor;
  if (rowOf(after, storedKey(after)) === memory.wanted) delete memory.overwritten;
  return memory;
}

function assertUntouched(before: World, after: World): void {
  for (const name of Object.keys(after.conjur.variables)) {
    if (name === NAME || name === PENDING) continue;
    if (before.conjur.variables[name] !== after.conjur.variables[name]) throw new Error(`${name} was changed.`);
  }
  if (before.litellm.others !== after.litellm.others) throw new Error("Another's key was replaced.");
}

/**
 * A key is promoted only after LiteLLM has said that it is the one on record: the last one of which it said so. And not over one that was
 * seen there and is alive, unless it is the one that is replaced.
 */
function assertPromotion({ memory, litellm }: World, actor: string, { name, input }: Call): void {
  if (actor.startsWith('operator') || name !== `POST ${PATH_OF_NAME}`) return;
  const { body } = input as HttpInput;
  if (memory[`${actor} saw on record`] !== toHash(body))
    throw new Error(`${actor} promoted a key without asking LiteLLM.`);
  const foreign = Object.entries(litellm).flatMap(([row, keys]) => (row === 'app' ? [] : keys));
  if (!foreign.includes(body) && foreign.includes(memory[`${actor} read`] ?? ''))
    throw new Error(`${actor} wrote over a live key that it had read.`);
}

function checkOutcome(world: World, actor: string, outcome: Outcome): void {
  if ('error' in outcome) {
    if (outcome.error.code === 'internal') throw new Error(outcome.error.message);
    return;
  }
  const { version, key } = (outcome.value ?? {}) as { version?: number; key?: string };
  if (version === undefined || key === undefined) return;
  if (world.conjur.variables[NAME]?.[version - 1] !== key)
    throw new Error(`${actor} reports another key than the version's.`);
  if (rowOf(world, key) === undefined) throw new Error(`${actor} reports a key that LiteLLM never had.`);
  if (key === FIRST_KEY) throw new Error(`${actor} reports success, and the key is the old one.`);
}

/** One more rotation, which nothing disturbs, ends well wherever the others have left things. */
async function assertRecovers(world: World): Promise<void> {
  let now = world;
  const port: Port = async (call) => {
    const { world: next, answer } = applyCall(now, call);
    now = next;
    return { value: answer };
  };
  try {
    await invokeRotateKey(port, { strategy: 'litellm-virtual-key', name: NAME }, { name: 'next' });
  } catch (error) {
    throw new Error(`The next rotation fails: ${(error as Error).message}`);
  }
  const key = storedKey(now);
  const row = rowOf(now, key);
  if (row === undefined || now.litellm[row]?.[0] !== key)
    throw new Error('After the next rotation the key is not the one on record.');
  if (world.memory.wanted !== undefined && row !== world.memory.wanted)
    throw new Error("The next rotation undid the operator's write.");
}
