import { describe, expect, it } from 'vitest';
import {
  assertVersion,
  readVersion,
  versionWith,
  writeAndVerify,
} from '../../../../functions/rotate-key/write-and-verify.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../../lib/fake-clock.ts';
import { FakeVariables } from './fake-variables.ts';

const deadline = new Deadline(new FakeClock(), 10_000);
const mine = Secret.of('mine');
const write = ({ conjur }: FakeVariables) => writeAndVerify(conjur, 'app/key', mine, deadline);

/** A variable of 30 versions, one of which holds the value. */
function variableWith(version: number): FakeVariables {
  const values = Array.from({ length: 30 }, (_, index) => (index === version - 1 ? 'mine' : `theirs-${index}`));
  return new FakeVariables({ 'app/key': values });
}

describe('a write that is read back', () => {
  it('is one that stands there', async () => {
    expect(await write(new FakeVariables({ 'app/key': ['old'] }))).toEqual({ version: 2, value: mine });
  });

  it('is one that stands there where nobody may see its version', async () => {
    const variables = new FakeVariables();
    variables.showsVersions = false;
    expect(await write(variables)).toEqual({ version: undefined, value: mine });
  });

  it.each([1, 2, 19])('is told from %i that came after it', async (others) => {
    const variables = new FakeVariables({ 'app/key': ['old'] });
    variables.after = (call) => {
      if (call === 'write app/key')
        for (let other = 0; other < others; other += 1) variables.store('app/key', `theirs-${other}`);
    };
    const verified = await write(variables);
    expect(verified).toMatchObject({ version: 2 + others, supersededVersion: 2 });
    expect(verified.value.expose()).toBe(`theirs-${others - 1}`);
  });

  it.each([
    ['is dropped', (variables: FakeVariables) => variables.remove('app/key')],
    ['is altered', (variables: FakeVariables) => variables.store('app/key', 'altered')],
  ])('fails where it %s', async (_, spoil) => {
    const variables = new FakeVariables({ 'app/key': ['old'] });
    variables.after = (call) => {
      if (call !== 'write app/key') return;
      variables.remove('app/key');
      spoil(variables);
    };
    await expect(write(variables)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('is not the one that Conjur gives back'),
    });
  });

  it('fails where it cannot be found again, since no version is known', async () => {
    const variables = new FakeVariables();
    variables.showsVersions = false;
    variables.after = (call) => {
      if (call === 'write app/key') variables.store('app/key', 'theirs');
    };
    await expect(write(variables)).rejects.toMatchObject({ code: 'upstream_error' });
    expect(variables.calls).toEqual(['write app/key', 'show app/key', 'read app/key']);
  });
});

describe('the version that has a value', () => {
  it.each([
    [30, 30],
    [29, 29],
    [11, 11],
    // Conjur keeps 20.
    [10, undefined],
  ])('of 30, where that is version %i, is %s', async (version, found) => {
    expect(await versionWith(variableWith(version).conjur, 'app/key', mine, deadline)).toBe(found);
  });

  it('is looked for from the latest down, each version once', async () => {
    const variables = new FakeVariables({ 'app/key': ['one', 'two'] });
    expect(await versionWith(variables.conjur, 'app/key', mine, deadline)).toBeUndefined();
    expect(variables.calls).toEqual(['show app/key', 'read app/key 2', 'read app/key 1']);
  });

  it('is looked for no further than Conjur keeps versions', async () => {
    const variables = new FakeVariables({ 'app/key': ['mine', 'gone', 'theirs'] });
    variables.before = (call) => {
      if (call === 'read app/key 2') throw new ConjurError('secret_not_found', 'Conjur has dropped it.');
    };
    expect(await versionWith(variables.conjur, 'app/key', mine, deadline)).toBeUndefined();
    expect(variables.calls.at(-1)).toBe('read app/key 2');
  });

  it('is none where there is no variable, or no version to be seen', async () => {
    const variables = new FakeVariables({ 'app/key': ['mine'] });
    expect(await versionWith(variables.conjur, 'app/other', mine, deadline)).toBeUndefined();
    variables.showsVersions = false;
    expect(await versionWith(variables.conjur, 'app/key', mine, deadline)).toBeUndefined();
  });
});

it('a version that cannot be read for another reason than that it is gone is an error', async () => {
  const variables = new FakeVariables({ 'app/key': ['mine'] });
  variables.before = () => {
    throw new ConjurError('forbidden', 'No.');
  };
  await expect(readVersion(variables.conjur, 'app/key', 1, deadline)).rejects.toMatchObject({ code: 'forbidden' });
});

describe('the version that a caller has seen', () => {
  const { conjur, calls } = new FakeVariables({ 'app/key': ['one', 'two'] });

  it('is not asked for where none is named', async () => {
    await assertVersion(conjur, 'app/key', undefined, deadline);
    expect(calls).toEqual([]);
  });

  it('may be the one that stands there, and no other', async () => {
    await assertVersion(conjur, 'app/key', 2, deadline);
    for (const [name, version] of [
      ['app/key', 1],
      ['app/key', 3],
      ['app/gone', 1],
    ] as const)
      await expect(assertVersion(conjur, name, version, deadline)).rejects.toMatchObject({ code: 'unprocessable' });
  });
});
