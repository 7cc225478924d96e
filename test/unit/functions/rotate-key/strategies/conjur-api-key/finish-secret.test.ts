import { describe, expect, it } from 'vitest';
import { finishSecret } from '../../../../../../functions/rotate-key/strategies/conjur-api-key/finish-secret.ts';
import { ConjurError } from '../../../../../../lib/errors.ts';
import { BLUE, contentOf, FakeCredential, GREEN } from './fake-credential.ts';

/** A pair whose new key is staged. */
function startStaged(createdAtMs?: number): FakeCredential {
  return new FakeCredential(
    {
      v1: { content: contentOf(BLUE, 'blue'), labels: ['AWSCURRENT'], createdAtMs: 2 },
      v2: { content: contentOf(GREEN, 'green'), labels: ['AWSPENDING'], createdAtMs },
    },
    { [BLUE]: 'blue', [GREEN]: 'green' },
  );
}

const finish = (credential: FakeCredential) => finishSecret(credential.contextFor('v2'));

describe('a staged key', () => {
  it('comes into use, and its label goes', async () => {
    const credential = startStaged();
    expect(await finish(credential)).toBe(true);
    expect(credential.versions.get('v1')?.labels).toEqual(['AWSPREVIOUS']);
    expect(credential.versions.get('v2')?.labels).toEqual(['AWSCURRENT']);
  });

  it('that is in use already is left there', async () => {
    const credential = startStaged();
    credential.label('AWSCURRENT', 'v2');
    expect(await finish(credential)).toBe(false);
    expect(credential.calls.some((call) => call.startsWith('move'))).toBe(false);
  });

  it.each([
    ['without a value', (credential: FakeCredential) => credential.versions.delete('v2'), 'has no value'],
    ['that is not AWSPENDING', (credential: FakeCredential) => credential.label('AWSPENDING', 'v1'), 'any more'],
    ['where nothing is in use', (credential: FakeCredential) => credential.versions.delete('v1'), 'any more'],
  ])('%s is refused', async (_, spoil, message) => {
    const credential = startStaged();
    spoil(credential);
    await expect(finish(credential)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(message),
    });
  });

  it('that is dead does not come into use', async () => {
    const credential = startStaged();
    credential.keys.set(GREEN, 'another');
    await expect(finish(credential)).rejects.toMatchObject({ code: 'authentication_failed' });
    expect(credential.holderOf('AWSCURRENT')).toBe('v1');
  });

  it('that was staged before another version came into use does not undo it', async () => {
    const credential = startStaged(1);
    await expect(finish(credential)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('would undo it'),
    });
    expect(credential.holderOf('AWSCURRENT')).toBe('v1');
  });
});

describe('where somebody else moves AWSCURRENT at the same time', () => {
  it('to the same version, the rotation has finished it as well', async () => {
    const credential = startStaged();
    credential.before = (call) => {
      if (call === 'move v1 to v2') credential.label('AWSCURRENT', 'v2');
    };
    expect(await finish(credential)).toBe(true);
  });

  it('to another version, it moves from there', async () => {
    const credential = startStaged();
    credential.versions.set('v3', { content: contentOf(BLUE, 'blue'), labels: [] });
    credential.before = (call) => {
      if (call === 'move v1 to v2') credential.label('AWSCURRENT', 'v3');
    };
    expect(await finish(credential)).toBe(true);
    expect(credential.versions.get('v3')?.labels).toEqual(['AWSPREVIOUS']);
  });

  it('again and again, it gives up after three tries, each after a test of the key', async () => {
    const credential = startStaged();
    credential.versions.set('v3', { content: contentOf(BLUE, 'blue'), labels: [] });
    credential.before = (call) => {
      if (call.startsWith('move ')) credential.label('AWSCURRENT', call === 'move v1 to v2' ? 'v3' : 'v1');
    };
    await expect(finish(credential)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('keeps moving AWSCURRENT'),
    });
    const told = credential.calls.filter((call) => /^(?:move|log in)/.test(call));
    const tries = ['move v1 to v2', 'move v3 to v2', 'move v1 to v2'];
    expect(told).toEqual(tries.flatMap((move) => [`log in as ${GREEN}`, move]));
  });
});

it.each([
  [new ConjurError('forbidden', 'No.'), 'forbidden'],
  [new Error('sesame'), 'internal'],
])('a label that stays is a warning, and no failure: %s', async (error, code) => {
  const credential = startStaged();
  credential.before = (call) => {
    if (call === 'drop v2') throw error;
  };
  expect(await finish(credential)).toBe(true);
  expect(credential.warnings).toEqual([{ secretId: 'app/credential', code }]);
});
