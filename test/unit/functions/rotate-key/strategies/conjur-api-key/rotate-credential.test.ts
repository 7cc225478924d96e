import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rotateCredential } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/rotate-credential.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { BLUE, contentOf, FakeCredential, GREEN } from './fake-credential.ts';

/** The id that follows from the version in use. */
const NEXT = createHash('sha256').update('arn v1').digest('hex');

function startPair(): FakeCredential {
  return new FakeCredential(
    { v1: { content: contentOf(BLUE, 'blue'), labels: ['AWSCURRENT'], createdAtMs: 2 } },
    { [BLUE]: 'blue', [GREEN]: 'green' },
  );
}

function rotate(credential: FakeCredential, steps: string[] = []) {
  const deadline = new Deadline(credential.clock, 60_000);
  return rotateCredential(credential.deps as never, 'app/credential', deadline, (step, work) => {
    steps.push(step);
    return work();
  });
}

describe('a rotation in one call', () => {
  it('gives the other host of the pair a new key and puts it into use', async () => {
    const credential = startPair();
    const steps: string[] = [];
    expect(await rotate(credential, steps)).toEqual({ name: 'app/credential', version: NEXT, value: undefined });
    expect(steps).toEqual(['look at the secret', 'createSecret', 'testSecret', 'finishSecret']);
    expect(credential.holderOf('AWSCURRENT')).toBe(NEXT);
    expect(credential.versions.get(NEXT)?.content).toEqual(contentOf(GREEN, 'made-1'));
  });

  it('tests the new key before it is put into use, and once more in that moment', async () => {
    const credential = startPair();
    await rotate(credential);
    const calls = credential.calls.filter((call) => call === `log in as ${GREEN}` || call.startsWith('move'));
    expect(calls).toEqual([`log in as ${GREEN}`, `log in as ${GREEN}`, `move v1 to ${NEXT}`]);
  });

  it('goes on with what was begun', async () => {
    const credential = startPair();
    credential.versions.set('begun', { content: contentOf(GREEN, 'green'), labels: ['AWSPENDING'], createdAtMs: 3 });
    expect(await rotate(credential)).toMatchObject({ version: 'begun' });
    expect(credential.keys.get(GREEN)).toBe('green');
  });

  it('begins anew where that would undo the version in use', async () => {
    const credential = startPair();
    credential.versions.set('begun', { content: contentOf(GREEN, 'green'), labels: ['AWSPENDING'], createdAtMs: 1 });
    expect(await rotate(credential)).toMatchObject({ version: NEXT });
  });

  it.each(['green', 'dead'])(
    'draws another version where the one that follows has been written before: %s',
    async (key) => {
      const credential = startPair();
      credential.versions.set(NEXT, { content: contentOf(GREEN, key), labels: [], createdAtMs: 3 });
      expect(await rotate(credential)).toMatchObject({ version: 'drawn' });
      expect(credential.versions.get('drawn')?.content).toEqual(contentOf(GREEN, 'made-1'));
    },
  );

  it('needs a value to begin with', async () => {
    const credential = new FakeCredential({ v1: { content: undefined, labels: [] } }, {});
    await expect(rotate(credential)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('has no value yet'),
    });
    expect(credential.calls).toEqual(['describe']);
  });
});

describe('a rotation that fails', () => {
  /** At its first move, in which somebody else does something. */
  function failing(meanwhile: (credential: FakeCredential) => void): FakeCredential {
    const credential = startPair();
    credential.before = (call) => {
      if (call !== `move v1 to ${NEXT}`) return;
      meanwhile(credential);
      throw new Error('of the test');
    };
    return credential;
  }

  it('has done its work where another one has finished meanwhile', async () => {
    const credential = failing(() => {
      credential.versions.set('theirs', { content: contentOf(BLUE, 'theirs'), labels: [] });
      credential.keys.set(BLUE, 'theirs');
      credential.label('AWSCURRENT', 'theirs');
    });
    expect(await rotate(credential)).toEqual({ name: 'app/credential', version: 'theirs', value: undefined });
  });

  it('looks no further where nothing else came into use', async () => {
    const credential = failing(() => undefined);
    await expect(rotate(credential)).rejects.toThrow('of the test');
    expect(credential.calls.at(-1)).toBe('read AWSCURRENT');
  });

  it.each<[string, (credential: FakeCredential) => void]>([
    ['nothing else came into use', () => undefined],
    ['nothing is in use any more', (credential) => credential.label('AWSCURRENT', 'nowhere')],
    [
      'the same key was put into use as another version',
      (credential) => {
        credential.versions.set('theirs', { content: contentOf(BLUE, 'blue'), labels: [] });
        credential.label('AWSCURRENT', 'theirs');
      },
    ],
    [
      'the key in use is dead',
      (credential) => {
        credential.versions.set('theirs', { content: contentOf(BLUE, 'dead'), labels: [] });
        credential.label('AWSCURRENT', 'theirs');
      },
    ],
    [
      'nobody can tell whether the key is another one',
      (credential) => {
        credential.versions.set('theirs', { content: contentOf(BLUE, 'theirs'), labels: [] });
        credential.keys.set(BLUE, 'theirs');
        credential.label('AWSCURRENT', 'theirs');
        credential.versions.delete('v1');
      },
    ],
    [
      'what is in use is no credential',
      (credential) => {
        credential.versions.set('theirs', { content: {}, labels: [] });
        credential.label('AWSCURRENT', 'theirs');
      },
    ],
  ])('fails with its own error where %s', async (_, meanwhile) => {
    await expect(rotate(failing(meanwhile))).rejects.toThrow('of the test');
  });
});
