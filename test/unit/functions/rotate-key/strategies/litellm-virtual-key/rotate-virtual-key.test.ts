import { describe, expect, it } from 'vitest';
import type {
  LitellmApi,
  Regeneration,
} from '../../../../../../functions/rotate-key/strategies/litellm-virtual-key/litellm-api.ts';
import { rotateVirtualKey } from '../../../../../../functions/rotate-key/strategies/litellm-virtual-key/rotate-virtual-key.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { ConjurError } from '../../../../../../lib/errors.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';
import { FakeVariables } from '../../fake-variables.ts';

const NAME = 'app/key';
const PENDING = 'app/key.pending';
/** What is drawn where every number is 0. */
const NEW = `sk-${'A'.repeat(32)}`;
const OWN = 'sk-of-litellms-own';

/** A LiteLLM in memory. */
class FakeLitellm implements LitellmApi {
  /** `isCurrent sk-old`. */
  readonly calls: string[] = [];
  readonly regenerations: Regeneration[] = [];
  /** Keys that it has on record. */
  readonly onRecord: Set<string>;
  /** What somebody else does, or a fault: run before each call, with its words. */
  before: (call: string) => void = () => undefined;
  /** Does the work of a regeneration. */
  replace: (regeneration: Regeneration) => string | undefined;

  constructor(...onRecord: readonly string[]) {
    this.onRecord = new Set(onRecord);
    this.replace = ({ oldKey, newKey }) => {
      if (!this.onRecord.delete(oldKey.expose())) return undefined;
      this.onRecord.add(newKey.expose());
      return newKey.expose();
    };
  }

  async isCurrent(key: Secret): Promise<boolean> {
    this.#call(`isCurrent ${key.expose()}`);
    return this.onRecord.has(key.expose());
  }

  async isAccepted(key: Secret): Promise<boolean> {
    this.#call(`isAccepted ${key.expose()}`);
    return !key.equals(Secret.of('sk-blocked'));
  }

  async regenerate(regeneration: Regeneration): Promise<Secret | undefined> {
    this.#call('regenerate');
    this.regenerations.push(regeneration);
    const key = this.replace(regeneration);
    return key === undefined ? undefined : Secret.of(key);
  }

  #call(call: string): void {
    this.calls.push(call);
    this.before(call);
  }
}

/** A key that is in use, and that LiteLLM has on record. */
function startWithKey(...alsoOnRecord: readonly string[]) {
  const variables = new FakeVariables({ [NAME]: ['sk-old'] });
  return { variables, litellm: new FakeLitellm('sk-old', ...alsoOnRecord) };
}

function rotate(variables: FakeVariables, litellm: FakeLitellm) {
  return rotateVirtualKey(
    {
      conjur: variables.conjur,
      litellm,
      randomInt: () => 0,
      logged: (_, work) => work(),
      deadline: new Deadline(new FakeClock(), 10_000),
    },
    { name: NAME, gracePeriod: '24h', duration: '30d' },
  );
}

/** Runs something once, at the first call of these words. */
function once(call: string, work: () => void): (made: string) => void {
  let isDone = false;
  return (made) => {
    if (made !== call || isDone) return;
    isDone = true;
    work();
  };
}

const away = new ConjurError('upstream_unavailable', 'It is away.');

describe('a rotation that nobody disturbs', () => {
  it('stages the new key, has it taken, and puts it into use, with no call too many', async () => {
    const { variables, litellm } = startWithKey();
    const { value, ...rotated } = await rotate(variables, litellm);
    expect(value?.expose()).toBe(NEW);
    expect(rotated).toEqual({ name: NAME, version: 2 });
    expect(litellm.regenerations).toMatchObject([{ gracePeriod: '24h', duration: '30d' }]);
    expect(litellm.calls).toEqual([
      'isCurrent sk-old',
      'regenerate',
      `isCurrent ${NEW}`,
      `isCurrent ${NEW}`,
      `isAccepted ${NEW}`,
    ]);
    expect(variables.calls).toEqual([
      `read ${NAME}`,
      `read ${PENDING}`,
      ...[`write ${PENDING}`, `show ${PENDING}`, `read ${PENDING} 1`],
      ...[`show ${NAME}`, `read ${NAME} 1`],
      `write ${NAME}`,
      ...[`show ${NAME}`, `read ${NAME} 2`],
      // What it wrote over.
      ...[`show ${NAME}`, `read ${NAME} 2`, `read ${NAME} 1`],
    ]);
  });

  it('asks LiteLLM nothing about a staged key that is the one in use', async () => {
    const variables = new FakeVariables({ [NAME]: ['sk-older', 'sk-old'], [PENDING]: ['sk-old'] });
    const litellm = new FakeLitellm('sk-old');
    await rotate(variables, litellm);
    expect(litellm.calls.slice(0, 2)).toEqual(['isCurrent sk-old', 'regenerate']);
  });

  it('writes over a staged key that is a left-over', async () => {
    const variables = new FakeVariables({ [NAME]: ['sk-old'], [PENDING]: ['sk-dead'] });
    expect(await rotate(variables, new FakeLitellm('sk-old'))).toMatchObject({ version: 2 });
    expect(variables.versionsOf(PENDING)).toEqual(['sk-dead', NEW]);
  });

  it('stages and stores the key that LiteLLM made by itself', async () => {
    const { variables, litellm } = startWithKey();
    litellm.replace = () => {
      litellm.onRecord.clear();
      litellm.onRecord.add(OWN);
      return OWN;
    };
    expect((await rotate(variables, litellm)).value?.expose()).toBe(OWN);
    expect(variables.versionsOf(PENDING)).toEqual([NEW, OWN]);
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', OWN]);
  });

  it('says that LiteLLM does not let the key in', async () => {
    const { variables, litellm } = startWithKey();
    litellm.replace = () => {
      litellm.onRecord.add('sk-blocked');
      return 'sk-blocked';
    };
    expect((await rotate(variables, litellm)).details).toEqual({ accepted_by_litellm: false });
  });

  it('is done where LiteLLM cannot be asked whether it lets the key in, but not where the program is wrong', async () => {
    const failing = (error: Error) => {
      const { variables, litellm } = startWithKey();
      litellm.before = (call) => {
        if (call.startsWith('isAccepted')) throw error;
      };
      return rotate(variables, litellm);
    };
    const rotated = await failing(new ConjurError('deadline_exceeded', 'It is late.'));
    expect([rotated.value?.expose(), rotated.details]).toEqual([NEW, undefined]);
    await expect(failing(new TypeError('odd'))).rejects.toThrow('odd');
  });

  it('does without versions where this identity may see none', async () => {
    const { variables, litellm } = startWithKey();
    variables.showsVersions = false;
    const rotated = await rotate(variables, litellm);
    expect(rotated.version).toBeUndefined();
    expect(rotated.value?.expose()).toBe(NEW);
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', NEW]);
  });
});

describe('what is no key of LiteLLM', () => {
  it('in the variable is not sent there', async () => {
    const [variables, litellm] = [new FakeVariables({ [NAME]: ['a password with sk-'] }), new FakeLitellm()];
    await expect(rotate(variables, litellm)).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('holds no virtual key'),
    });
    expect(litellm.calls).toEqual([]);
  });

  it('is asked for where there is no variable', async () => {
    await expect(rotate(new FakeVariables(), new FakeLitellm())).rejects.toMatchObject({ code: 'secret_not_found' });
  });

  it('is not overwritten where it is staged, and not sent there either', async () => {
    const variables = new FakeVariables({ [NAME]: ['sk-old'], [PENDING]: ['a password'] });
    const litellm = new FakeLitellm('sk-old', 'a password');
    await expect(rotate(variables, litellm)).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('in use by somebody else'),
    });
    expect(litellm.calls).toEqual(['isCurrent sk-old']);
    expect(variables.versionsOf(PENDING)).toEqual(['a password']);
  });

  it('is not sent there where somebody stores it meanwhile, and is replaced', async () => {
    const { variables, litellm } = startWithKey();
    litellm.before = once('regenerate', () => variables.store(NAME, 'a password'));
    await rotate(variables, litellm);
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', 'a password', NEW]);
    expect(litellm.calls).not.toContain('isCurrent a password');
  });
});

describe("a staged key that LiteLLM has on record beside the one in use is somebody else's", () => {
  const staged = { [NAME]: ['sk-old'], [PENDING]: ['sk-theirs'] };

  it('and is not overwritten', async () => {
    const [variables, litellm] = [new FakeVariables(staged), new FakeLitellm('sk-old', 'sk-theirs')];
    await expect(rotate(variables, litellm)).rejects.toMatchObject({ code: 'unprocessable' });
    expect(litellm.regenerations).toEqual([]);
    expect(variables.versionsOf(PENDING)).toEqual(['sk-theirs']);
  });

  it('unless it once was in use', async () => {
    const variables = new FakeVariables({ ...staged, [NAME]: ['sk-theirs', 'sk-old'] });
    expect(await rotate(variables, new FakeLitellm('sk-old', 'sk-theirs'))).toMatchObject({ version: 3 });
  });

  it('or another rotation has just had it made', async () => {
    const [variables, litellm] = [new FakeVariables(staged), new FakeLitellm('sk-old')];
    litellm.before = once('isCurrent sk-theirs', () => {
      litellm.onRecord.clear();
      litellm.onRecord.add('sk-theirs');
    });
    expect((await rotate(variables, litellm)).value?.expose()).toBe('sk-theirs');
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', 'sk-theirs']);
    expect(variables.versionsOf(PENDING)).toEqual(['sk-theirs', NEW]);
  });
});

describe('an answer of LiteLLM that was lost', () => {
  /** LiteLLM does the work, and then the error comes. */
  function losing(error: Error) {
    const { variables, litellm } = startWithKey();
    const { replace } = litellm;
    litellm.replace = (regeneration) => {
      replace(regeneration);
      throw error;
    };
    return { variables, litellm };
  }

  it('is made good by a look where the key was replaced', async () => {
    const { variables, litellm } = losing(away);
    expect((await rotate(variables, litellm)).value?.expose()).toBe(NEW);
    expect(variables.versionsOf(PENDING)).toEqual([NEW]);
  });

  it('is passed on where it was not', async () => {
    const { variables, litellm } = startWithKey();
    litellm.replace = () => {
      throw away;
    };
    await expect(rotate(variables, litellm)).rejects.toBe(away);
    expect(variables.versionsOf(NAME)).toEqual(['sk-old']);
  });

  it('may have taken the only copy of a key with it', async () => {
    const { variables, litellm } = startWithKey();
    litellm.replace = () => {
      litellm.onRecord.clear();
      throw away;
    };
    await expect(rotate(variables, litellm)).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringContaining('only copy'),
    });
  });

  it('is no lost one where LiteLLM refused', async () => {
    const { variables, litellm } = losing(new ConjurError('forbidden', 'No.'));
    await expect(rotate(variables, litellm)).rejects.toMatchObject({ code: 'forbidden' });
    expect(litellm.calls.at(-1)).toBe('regenerate');
  });
});

describe('a LiteLLM that says it replaced the key', () => {
  it('and still has the old one alone on record is not believed, and nothing in use is touched', async () => {
    const { variables, litellm } = startWithKey();
    litellm.replace = ({ newKey }) => newKey.expose();
    await expect(rotate(variables, litellm)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('still has the old one on record'),
    });
    expect(variables.versionsOf(NAME)).toEqual(['sk-old']);
  });

  it('and has both on record for a moment is believed', async () => {
    const { variables, litellm } = startWithKey();
    litellm.replace = ({ newKey }) => {
      litellm.onRecord.add(newKey.expose());
      return newKey.expose();
    };
    expect((await rotate(variables, litellm)).value?.expose()).toBe(NEW);
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', NEW]);
  });
});

describe('a rotation that was broken off', () => {
  it.each([true, false])('is finished with the staged key that LiteLLM has (versions seen: %s)', async (isSeen) => {
    const variables = new FakeVariables({ [NAME]: ['sk-old'], [PENDING]: ['sk-staged'] });
    variables.showsVersions = isSeen;
    const litellm = new FakeLitellm('sk-staged');
    expect((await rotate(variables, litellm)).value?.expose()).toBe('sk-staged');
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', 'sk-staged']);
    expect(variables.versionsOf(PENDING)).toEqual(['sk-staged']);
    expect(litellm.calls).not.toContain('regenerate');
  });

  it.each([
    [11, true],
    // Conjur keeps 20.
    [10, false],
  ])('is finished with version %i of 30: %s', async (version, isFound) => {
    const staged = Array.from({ length: 30 }, (_, index) => (index === version - 1 ? 'sk-staged' : `sk-dead-${index}`));
    const variables = new FakeVariables({ [NAME]: ['sk-old'], [PENDING]: staged });
    const outcome = rotate(variables, new FakeLitellm('sk-staged'));
    await (isFound ? outcome : expect(outcome).rejects.toMatchObject({ code: 'unprocessable' }));
    expect(variables.versionsOf(NAME)).toEqual(isFound ? ['sk-old', 'sk-staged'] : ['sk-old']);
  });

  it('is finished with a key that stood in the variable before, where none is staged', async () => {
    const variables = new FakeVariables({ [NAME]: ['sk-live', 'sk-dead'] });
    expect(await rotate(variables, new FakeLitellm('sk-live'))).toMatchObject({ version: 3 });
    expect(variables.versionsOf(NAME)).toEqual(['sk-live', 'sk-dead', 'sk-live']);
  });

  it('ends with the key in use where LiteLLM has that on record a moment later', async () => {
    const variables = new FakeVariables({ [NAME]: ['sk-old'], [PENDING]: ['sk-dead'] });
    const litellm = new FakeLitellm();
    let looks = 0;
    litellm.before = (call) => {
      if (call === 'isCurrent sk-old' && ++looks === 2) litellm.onRecord.add('sk-old');
    };
    expect(await rotate(variables, litellm)).toMatchObject({ version: 1 });
    expect(variables.versionsOf(NAME)).toEqual(['sk-old']);
  });

  it.each([true, false])('cannot be finished where LiteLLM has no key of it (versions seen: %s)', async (isSeen) => {
    const variables = new FakeVariables({ [NAME]: ['sk-old'], [PENDING]: ['sk-staged'] });
    variables.showsVersions = isSeen;
    await expect(rotate(variables, new FakeLitellm())).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('LiteLLM knows neither'),
    });
    expect(variables.versionsOf(NAME)).toEqual(['sk-old']);
  });
});

describe('somebody else', () => {
  it('who stores another key before the new one is written has it left there, and staged', async () => {
    const { variables, litellm } = startWithKey('sk-theirs');
    litellm.before = once('regenerate', () => variables.store(NAME, 'sk-theirs'));
    expect((await rotate(variables, litellm)).value?.expose()).toBe('sk-theirs');
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', 'sk-theirs']);
    expect(variables.versionsOf(PENDING)).toEqual([NEW, 'sk-theirs']);
  });

  it('who stores another key in the moment of the write gets it back', async () => {
    const { variables, litellm } = startWithKey('sk-theirs');
    variables.before = once(`write ${NAME}`, () => variables.store(NAME, 'sk-theirs'));
    expect((await rotate(variables, litellm)).value?.expose()).toBe('sk-theirs');
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', 'sk-theirs', NEW, 'sk-theirs']);
  });

  it('who makes the variable anew in that moment gets the key back, too', async () => {
    const { variables, litellm } = startWithKey('sk-theirs');
    variables.before = once(`write ${NAME}`, () => {
      variables.remove(NAME);
      variables.store(NAME, 'sk-theirs');
    });
    await rotate(variables, litellm);
    expect(variables.versionsOf(NAME)).toEqual(['sk-theirs', NEW, 'sk-theirs']);
  });

  it('who stores a dead key in that moment does not', async () => {
    const { variables, litellm } = startWithKey();
    variables.before = once(`write ${NAME}`, () => variables.store(NAME, 'sk-dead'));
    await rotate(variables, litellm);
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', 'sk-dead', NEW]);
  });

  it.each(['show app/key', 'write app/key'])(
    'who deletes the variable before the call "%s" finds the new key there',
    async (call) => {
      const { variables, litellm } = startWithKey();
      variables.before = once(call, () => variables.remove(NAME));
      expect(await rotate(variables, litellm)).toMatchObject({ version: 1 });
      expect(variables.versionsOf(NAME)).toEqual([NEW]);
      expect(variables.calls).not.toContain(`read ${NAME} 0`);
    },
  );

  it('whose version Conjur drops before it is looked at loses nothing', async () => {
    const { variables, litellm } = startWithKey();
    variables.before = (call) => {
      if (call === `read ${NAME} 1` && variables.versionsOf(NAME).length === 2)
        throw new ConjurError('secret_not_found', 'It is dropped.');
    };
    expect(await rotate(variables, litellm)).toMatchObject({ version: 2 });
  });

  it('who rotates at the same time, and comes last, wins', async () => {
    const { variables, litellm } = startWithKey();
    variables.before = once(`write ${NAME}`, () => {
      litellm.onRecord.clear();
      litellm.onRecord.add('sk-theirs');
      variables.store(PENDING, 'sk-theirs');
    });
    expect((await rotate(variables, litellm)).value?.expose()).toBe('sk-theirs');
    expect(variables.versionsOf(NAME)).toEqual(['sk-old', NEW, 'sk-theirs']);
  });
});

it('a variable that does not keep what is written is given up after three writes', async () => {
  const { variables, litellm } = startWithKey();
  variables.after = (call) => {
    if (call !== `write ${NAME}`) return;
    variables.remove(NAME);
    variables.store(NAME, 'sk-altered');
  };
  await expect(rotate(variables, litellm)).rejects.toMatchObject({
    code: 'upstream_error',
    message: expect.stringContaining('gives back another value'),
  });
  expect(variables.calls.filter((call) => call === `write ${NAME}`)).toHaveLength(3);
  expect(variables.versionsOf(PENDING)).toEqual([NEW]);
});
