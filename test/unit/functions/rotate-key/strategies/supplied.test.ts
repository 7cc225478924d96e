import { describe, expect, it } from 'vitest';
import { supplied } from '../../../../../functions/rotate-key/strategies/supplied.ts';
import { Deadline } from '../../../../../lib/clock.ts';
import { ConjurError } from '../../../../../lib/errors.ts';
import { FakeClock } from '../../../lib/fake-clock.ts';
import { FakeVariables } from '../fake-variables.ts';

const deadline = new Deadline(new FakeClock(), 10_000);
const CALL = { name: 'app/old', strategy: 'supplied', new_value: 'sesame' };
const RENAME = { ...CALL, new_name: 'app/new' };

async function rotate(variables: FakeVariables, call: object, allowDelete = true) {
  const deps = { conjur: variables.conjur, settings: { allowDelete } };
  return supplied.parse(call).rotate(deps as never, deadline, (_, work) => work());
}

describe("a caller's value", () => {
  it('takes the place of the old one', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    const rotated = await rotate(variables, CALL);
    expect(rotated).toMatchObject({ name: 'app/old', version: 2 });
    expect(rotated.details).toEqual({});
    expect(rotated.value?.expose()).toBe('sesame');
    expect(variables.versionsOf('app/old')).toEqual(['first', 'sesame']);
  });

  it('may come as base64', async () => {
    const variables = new FakeVariables();
    await rotate(variables, { ...CALL, new_value: 'c2VzYW1l', encoding: 'base64' });
    expect(variables.versionsOf('app/old')).toEqual(['sesame']);
  });

  it('is told from that of another writer who came after', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    variables.after = (call) => {
      if (call === 'write app/old') variables.store('app/old', 'theirs');
    };
    const rotated = await rotate(variables, CALL);
    expect(rotated).toMatchObject({ version: 2, details: { superseded_by_version: 3 } });
    expect(rotated.value?.expose()).toBe('sesame');
  });

  it('is written only over the version that the caller has seen, under the old name', async () => {
    const variables = new FakeVariables({ 'app/old': ['first', 'second'], 'app/new': ['theirs'] });
    await expect(rotate(variables, { ...RENAME, if_version: 1 })).rejects.toMatchObject({ code: 'unprocessable' });
    expect(variables.versionsOf('app/new')).toEqual(['theirs']);
    await rotate(variables, { ...RENAME, if_version: 2 });
    expect(variables.versionsOf('app/new')).toEqual(['theirs', 'sesame']);
  });

  it('needs the right to write, too', () => {
    expect(supplied.parse(CALL)).toMatchObject({ affectedVariables: ['app/old'], rights: ['rotate', 'write'] });
    expect(supplied.parse(RENAME)).toMatchObject({ affectedVariables: ['app/old', 'app/new'] });
  });
});

describe('a new name', () => {
  it('that is the old one deletes nothing', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    expect((await rotate(variables, { ...CALL, new_name: 'app/old' })).details).toEqual({});
    expect(variables.versionsOf('app/old')).toEqual(['first', 'sesame']);
  });

  it('has the old secret deleted', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    const rotated = await rotate(variables, RENAME);
    expect(rotated).toMatchObject({ name: 'app/new', version: 1 });
    expect(rotated.details).toEqual({ old_name: 'app/old', old_deleted: true });
    expect(variables.versionsOf('app/old')).toEqual([]);
    expect(variables.versionsOf('app/new')).toEqual(['sesame']);
  });

  it('leaves the old secret where nothing may be deleted, and says what to do', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    expect((await rotate(variables, RENAME, false)).details).toEqual({
      old_name: 'app/old',
      old_deleted: false,
      old_kept_because: expect.stringContaining('CYBERARK_ALLOW_DELETE is not true'),
    });
    expect(variables.versionsOf('app/old')).toEqual(['first']);
  });

  it.each(['forbidden', 'invalid_request'] as const)('leaves the old secret where Conjur says %s', async (code) => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    variables.before = (call) => {
      if (call === 'delete app/old') throw new ConjurError(code, 'No, for a reason.');
    };
    expect((await rotate(variables, RENAME)).details).toEqual({
      old_name: 'app/old',
      old_deleted: false,
      old_kept_because: 'No, for a reason.',
    });
  });

  it('is a failure where the old secret could not be deleted for a reason that may pass', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    variables.before = (call) => {
      if (call === 'delete app/old') throw new ConjurError('upstream_unavailable', 'It is away.');
    };
    await expect(rotate(variables, RENAME)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('says that an old secret which cannot be seen was not deleted', async () => {
    expect((await rotate(new FakeVariables(), RENAME)).details).toMatchObject({
      old_deleted: false,
      old_kept_because: expect.stringContaining('sees no such secret'),
    });
  });

  it('says that somebody has made the old secret again', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    variables.after = (call) => {
      if (call === 'delete app/old') variables.store('app/old', 'theirs');
    };
    expect((await rotate(variables, RENAME)).details).toMatchObject({
      old_deleted: false,
      old_kept_because: expect.stringContaining('made it again'),
    });
  });

  it('that somebody deletes at the same time leaves the old secret in place', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    variables.after = (call) => {
      if (call === 'read app/new 1') variables.remove('app/new');
    };
    await expect(rotate(variables, RENAME)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('is gone again'),
    });
    expect(variables.versionsOf('app/old')).toEqual(['first']);
  });

  it('that somebody deletes in the moment in which the old one is deleted gets its value again', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    variables.before = (call) => {
      if (call === 'delete app/old') variables.remove('app/new');
    };
    expect((await rotate(variables, RENAME)).details).toMatchObject({ old_deleted: true });
    expect(variables.versionsOf('app/new')).toEqual(['sesame']);
  });

  it('is written once where nobody comes in between', async () => {
    const variables = new FakeVariables({ 'app/old': ['first'] });
    await rotate(variables, RENAME);
    expect(variables.calls.filter((call) => call === 'write app/new')).toHaveLength(1);
  });
});
