import { describe, expect, it } from 'vitest';
import { parseDirect, parseHttp } from '../../../../functions/rotate-key/api.ts';
import { rotate } from '../../../../functions/rotate-key/rotate.ts';
import type { EmfMetric } from '../../../../functions/runtime/log.ts';
import { Deadline } from '../../../../lib/clock.ts';
import type { LogFields } from '../../../../lib/logger.ts';
import { settingsFor } from '../../../support/settings.ts';
import { FakeClock } from '../../lib/fake-clock.ts';
import { FakeVariables } from './fake-variables.ts';
import { BLUE, contentOf, FakeCredential, GREEN } from './strategies/conjur-api-key/fake-credential.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const step = (Step: string) => ({ Step, SecretId: 'app', ClientRequestToken: TOKEN });
const credential = { strategy: 'conjur-api-key', secret_id: 'app' };

/** A secret whose version TOKEN has some labels. */
function startWith(environment: Record<string, string> = {}, labels: readonly string[] = ['AWSCURRENT']) {
  const metrics: EmfMetric[] = [];
  const events: object[] = [];
  const lines: LogFields[] = [];
  const note = (_: string, fields: LogFields = {}): void => void lines.push(fields);
  const description = { arn: 'app', name: 'app', rotationEnabled: true, stages: new Map([[TOKEN, labels]]) };
  const deps = {
    settings: settingsFor({ url: 'http://127.0.0.1:1', adminApiKey: 'key' }, environment),
    conjur: new FakeVariables({ 'app/key': ['old'] }).conjur,
    clock: new FakeClock(),
    logger: { debug: note, info: note, warn: note, error: note },
    countAttempts: () => 0,
    randomInt: () => 0,
    loadSecretVersions: async () => ({ describe: async () => description, read: async () => undefined }),
    publish: async (event: object) => void events.push(event),
    recordMetrics: (some: readonly EmfMetric[]) => void metrics.push(...some),
  };
  const deadline = new Deadline(deps.clock, 10_000);
  const run = (request: Parameters<typeof rotate>[1]) => rotate(deps as never, request, deadline, 'correlation');
  return {
    deps,
    metrics,
    events,
    lines,
    direct: async (call: unknown) => run(parseDirect(call)),
    http: async (call: unknown) =>
      run(
        parseHttp({
          method: 'POST',
          path: '/rotations',
          query: new URLSearchParams(),
          header: () => undefined,
          body: Buffer.from(JSON.stringify(call)),
        }),
      ),
  };
}

describe('a rotation', () => {
  it('says when it was done, tells the bus, and leaves a line for each step', async () => {
    const { direct, events, lines, metrics } = startWith();
    const answer = await direct({ name: 'app/key', strategy: 'random' });
    const rotatedAt = '2026-03-01T12:00:00.000Z';
    expect(answer).toMatchObject({ kind: 'rotation', name: 'app/key', strategy: 'random', version: 2, rotatedAt });
    expect(events).toEqual([{ name: 'app/key', strategy: 'random', version: 2, rotated_at: rotatedAt }]);
    expect(lines).toMatchObject([
      { strategy: 'random', name: 'app/key', correlationId: 'correlation', step: 'write and verify' },
    ]);
    expect(metrics.map(({ name, value }) => [name, value])).toEqual([
      ['RotationSucceeded', 1],
      ['RotationFailed', 0],
    ]);
  });

  it.each([
    ['not_hosted', { CYBERARK_HOSTED_KEYS: 'app/other' }],
    ['access_mode_denied', { CYBERARK_ACCESS_MODE: 'read_only' }],
  ])('is refused as %s where the settings say so, which is no failed one', async (code, environment) => {
    const { direct, metrics } = startWith(environment);
    await expect(direct({ name: 'app/key', strategy: 'random' })).rejects.toMatchObject({ code });
    expect(metrics).toEqual([]);
  });
});

describe("the functions' own credentials", () => {
  const on = { CYBERARK_ROTATE_CREDENTIALS_OVER_HTTP: 'true' };
  // Where nothing refuses it, the rotation begins, and finds no value.
  const begun = { message: expect.stringContaining('has no value yet') };

  it('are not rotated over HTTP, unless that is switched on', async () => {
    await expect(startWith().http(credential)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('CYBERARK_ROTATE_CREDENTIALS_OVER_HTTP'),
    });
    await expect(startWith(on).http(credential)).rejects.toMatchObject(begun);
  });

  it('are rotated by a direct call', async () => {
    await expect(startWith().direct(credential)).rejects.toMatchObject(begun);
    await expect(startWith(on).direct(credential)).rejects.toMatchObject(begun);
  });

  it('are not what any other rotation over HTTP is about', async () => {
    for (const environment of [{}, on])
      expect(await startWith(environment).http({ name: 'app/key', strategy: 'random' })).toMatchObject({ version: 2 });
  });
});

it('a question for the age of a key is no rotation', async () => {
  const { direct, metrics } = startWith({ CYBERARK_ACCESS_MODE: 'read_only' });
  await expect(direct({ key_age: { secret_id: 'app' } })).rejects.toMatchObject({
    code: 'secret_not_found',
    message: expect.stringContaining('has no value yet'),
  });
  expect(metrics).toEqual([]);
});

it('the step that finishes a rotation tells the bus, and counts it', async () => {
  const world = new FakeCredential(
    {
      v1: { content: contentOf(BLUE, 'blue'), labels: ['AWSCURRENT'] },
      [TOKEN]: { content: contentOf(GREEN, 'green'), labels: ['AWSPENDING'] },
    },
    { [BLUE]: 'blue', [GREEN]: 'green' },
  );
  const { metrics, events, deps } = startWith();
  const request = parseDirect(step('finishSecret'));
  const all = { ...world.deps, ...deps, loadSecretVersions: (world.deps as typeof deps).loadSecretVersions };
  const answer = await rotate(all as never, request, new Deadline(world.clock, 60_000));
  expect(answer).toMatchObject({ kind: 'step', outcome: 'done' });
  expect(events).toMatchObject([{ name: 'app/credential', version: TOKEN, strategy: 'conjur-api-key' }]);
  expect(metrics.map(({ name, value }) => [name, value])).toEqual([
    ['RotationSucceeded', 1],
    ['RotationFailed', 0],
  ]);
});

describe("a step of Secrets Manager's", () => {
  it('is refused, and counted as failed, where the access mode lets nobody rotate', async () => {
    const { direct, metrics } = startWith({ CYBERARK_ACCESS_MODE: 'read_only' });
    await expect(direct(step('setSecret'))).rejects.toMatchObject({ code: 'access_mode_denied' });
    expect(metrics.find(({ name }) => name === 'RotationFailed')).toMatchObject({ value: 1 });
  });

  it('leaves a line that names the secret and the version', async () => {
    const { direct, lines } = startWith({}, ['AWSPENDING']);
    expect(await direct(step('setSecret'))).toEqual({ kind: 'step', step: 'setSecret', name: 'app', outcome: 'done' });
    expect(lines).toMatchObject([
      {
        strategy: 'conjur-api-key',
        secretId: 'app',
        version: TOKEN,
        correlationId: 'correlation',
        step: 'setSecret',
      },
    ]);
  });

  it.each([
    ['that is not the last', 'setSecret', ['AWSPENDING'], 'done'],
    ['whose work was done before', 'finishSecret', ['AWSCURRENT'], 'already_current'],
  ])('%s is no finished rotation', async (_, name, labels, outcome) => {
    const { direct, events, metrics } = startWith({}, labels);
    expect(await direct(step(name))).toMatchObject({ outcome });
    expect([events, metrics]).toEqual([[], []]);
  });
});
