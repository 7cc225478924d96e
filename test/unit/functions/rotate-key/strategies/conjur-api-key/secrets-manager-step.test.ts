import { describe, expect, it } from 'vitest';
import {
  isStepEvent,
  runSecretsManagerStep,
  stepEventSchema,
} from '../../../../../../functions/rotate-key/strategies/conjur-api-key/secrets-manager-step.ts';
import { parseInput } from '../../../../../../functions/runtime/input.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { BLUE, contentOf, FakeCredential, GREEN } from './fake-credential.ts';

type Step = 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';

const STEPS: readonly Step[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/** A rotation to version v2, as Secrets Manager begins it. */
function startBegun(v2: Partial<ReturnType<FakeCredential['versions']['get']>> = {}): FakeCredential {
  return new FakeCredential(
    {
      v1: { content: contentOf(BLUE, 'blue'), labels: ['AWSCURRENT'], createdAtMs: 2 },
      v2: { content: undefined, labels: ['AWSPENDING'], ...v2 },
    },
    { [BLUE]: 'blue', [GREEN]: 'green' },
  );
}

function run(credential: FakeCredential, step: Step) {
  const event = { Step: step, SecretId: 'app/credential', ClientRequestToken: 'v2' };
  return runSecretsManagerStep(credential.deps as never, event, new Deadline(credential.clock, 60_000));
}

const DONE = { name: 'app/credential', outcome: 'done' };
const ALREADY_CURRENT = { name: 'app/credential', outcome: 'already_current' };

describe('the steps', () => {
  it('in order put a new key into use', async () => {
    const credential = startBegun();
    for (const step of STEPS) expect(await run(credential, step)).toEqual(DONE);
    expect(credential.holderOf('AWSCURRENT')).toBe('v2');
    expect(credential.versions.get('v2')?.content).toEqual(contentOf(GREEN, 'made-1'));
  });

  it.each(STEPS)('do nothing for a version that is in use (%s)', async (step) => {
    const credential = startBegun({ labels: ['AWSCURRENT'] });
    expect(await run(credential, step)).toEqual(ALREADY_CURRENT);
    expect(credential.calls).toEqual(['describe']);
  });

  it('test the staged key', async () => {
    await expect(run(startBegun({ content: contentOf(GREEN, 'dead') }), 'testSecret')).rejects.toMatchObject({
      code: 'authentication_failed',
    });
  });

  it('say where somebody else has finished meanwhile', async () => {
    const credential = startBegun({ content: contentOf(GREEN, 'green') });
    credential.before = (call) => {
      if (call === `log in as ${GREEN}`) credential.label('AWSCURRENT', 'v2');
    };
    expect(await run(credential, 'finishSecret')).toEqual(ALREADY_CURRENT);
  });

  it('finish the rotation as another version where the staged key is dead, and say so', async () => {
    const credential = startBegun({ content: contentOf(GREEN, 'dead') });
    await expect(run(credential, 'createSecret')).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('finished as version drawn'),
    });
    expect(credential.holderOf('AWSCURRENT')).toBe('drawn');
  });
});

describe('a step is refused', () => {
  it.each<[string, (credential: FakeCredential) => void, string]>([
    [
      'where rotation is off',
      (credential) => {
        credential.rotationEnabled = false;
      },
      'has no rotation enabled',
    ],
    ['of a version that is none', (credential) => credential.versions.delete('v2'), 'has no version v2'],
    ['of a version without a label', (credential) => credential.label('AWSPENDING', 'v1'), 'as AWSPENDING'],
    ['of a version that was in use', (credential) => credential.label('AWSPREVIOUS', 'v2'), 'does not get it back'],
    [
      'of the version that was in use last',
      (credential) => {
        credential.label('AWSPENDING', 'v1');
        credential.label('AWSPREVIOUS', 'v2');
      },
      'as AWSPENDING',
    ],
  ])('%s', async (_, spoil, message) => {
    const credential = startBegun();
    spoil(credential);
    await expect(run(credential, 'setSecret')).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(message),
    });
  });
});

describe('what Secrets Manager sends', () => {
  const event = { Step: 'setSecret', SecretId: 'a', ClientRequestToken: 'a'.repeat(32) };

  it.each([
    [event, true],
    [{ Step: 'setSecret' }, false],
    [{ SecretId: 'a' }, false],
    ['Step, SecretId', false],
    [undefined, false],
  ])('is told by its fields: %j is it: %s', (payload, expected) => {
    expect(isStepEvent(payload)).toBe(expected);
  });

  it.each([
    ['SecretId', 1, 2_048],
    ['ClientRequestToken', 32, 64],
  ])('has a %s of %i to %i characters', (field, least, most) => {
    const parse = (length: number) => parseInput(stepEventSchema, { ...event, [field]: 'a'.repeat(length) }, 'It');
    for (const length of [least, most]) expect(parse(length)).toHaveProperty(field, 'a'.repeat(length));
    for (const length of [least - 1, most + 1]) expect(() => parse(length)).toThrow(field);
  });

  it.each(STEPS)('may be the step %s', (Step) => {
    expect(parseInput(stepEventSchema, { ...event, Step }, 'It').Step).toBe(Step);
  });
});
