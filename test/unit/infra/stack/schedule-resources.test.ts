import { describe, expect, it } from 'vitest';
import { resolveRotateKeyEvents } from '../../../../infra/stack/rotation-schedules.ts';
import { resolveScheduleResources } from '../../../../infra/stack/schedule-resources.ts';
import { DEPLOYED_SCHEDULES_VARIABLE, type DeployedSchedules } from '../../../../infra/stack/schedule-start.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const NOW = Date.parse('2027-03-01T12:00:00Z');
const DAY_MS = 86_400_000;
const PASSWORD = { name: 'app/db/password', strategy: 'random', rate: 'rate(30 days)' };
const TOKEN = { name: 'app/token', strategy: 'random', rate: 'rate(7 days)' };

/** The schedules of `custom.rotations`, by logical id. */
async function schedulesOf(
  rotations: readonly object[],
  { deployed = {}, nowMs = NOW }: { deployed?: DeployedSchedules; nowMs?: number } = {},
): Promise<DeployedSchedules> {
  const environment = { [DEPLOYED_SCHEDULES_VARIABLE]: JSON.stringify(deployed) };
  const context = resolverContext({}, { rotations, routes: {} });
  const { Resources } = await resolveScheduleResources(context, { local: false, nowMs, environment });
  const own = Object.entries(Resources).filter(
    ([id, { Type }]) => Type === 'AWS::Scheduler::Schedule' && id.startsWith('Rotation'),
  );
  return Object.fromEntries(own.map(([id, { Properties }]) => [id, Properties]));
}

async function startsOf(rotations: readonly object[], options = {}): Promise<unknown[]> {
  return Object.values(await schedulesOf(rotations, options)).map(({ StartDate }) => StartDate);
}

describe('Rate schedules fire when they are created', () => {
  it('so a new one begins one interval after the deployment that brings it', async () => {
    expect(await startsOf([PASSWORD, TOKEN])).toEqual(['2027-03-31T12:00:00Z', '2027-03-08T12:00:00Z']);
  });

  it('and a cron, which fires at its time, needs no start', async () => {
    expect(await startsOf([{ ...PASSWORD, rate: 'cron(0 3 1 * ? *)' }])).toEqual([undefined]);
  });

  it('or begins when the entry says', async () => {
    const start = '2027-03-05T03:00:00Z';
    expect(await startsOf([{ ...PASSWORD, start }])).toEqual([start]);
    expect(await startsOf([{ ...PASSWORD, rate: 'cron(0 3 1 * ? *)', start }])).toEqual([start]);
  });

  it('and where that has passed, at the next time of the same rhythm', async () => {
    expect(await startsOf([{ ...TOKEN, start: '2027-02-20T03:00:00Z' }])).toEqual(['2027-03-06T03:00:00Z']);
    expect(await startsOf([{ ...TOKEN, rate: 'cron(0 3 1 * ? *)', start: '2027-02-20T03:00:00Z' }])).toEqual([
      undefined,
    ]);
  });

  it('and an interval of minutes begins after the deployment is over, too', async () => {
    expect(await startsOf([{ ...TOKEN, rate: 'rate(5 minutes)' }])).toEqual(['2027-03-01T13:05:00Z']);
  });

  it('and a deployment that changes nothing changes no start: with a new one at each, it would never fire', async () => {
    const deployed = await schedulesOf([PASSWORD]);
    for (const days of [1, 29, 31, 400])
      expect(await schedulesOf([PASSWORD], { deployed, nowMs: NOW + days * DAY_MS })).toEqual(deployed);
  });

  it('and an entry that is changed keeps its rhythm, with a start that has not passed', async () => {
    const deployed = await schedulesOf([TOKEN]);
    const changed = [{ ...TOKEN, length: 40 }];
    expect(await startsOf(changed, { deployed, nowMs: NOW + DAY_MS })).toEqual(['2027-03-08T12:00:00Z']);
    expect(await startsOf(changed, { deployed, nowMs: NOW + 10 * DAY_MS })).toEqual(['2027-03-15T12:00:00Z']);
  });

  it('and an entry with another interval begins anew', async () => {
    const deployed = await schedulesOf([TOKEN]);
    expect(await startsOf([{ ...TOKEN, rate: 'rate(2 days)' }], { deployed })).toEqual(['2027-03-03T12:00:00Z']);
  });
});

describe('The ids of schedules', () => {
  it('are by name and strategy: removing one entry leaves the others what they were', async () => {
    const both = await schedulesOf([PASSWORD, TOKEN]);
    const [[id, token] = []] = Object.entries(await schedulesOf([TOKEN]));
    expect(Object.keys(both)).toHaveLength(2);
    expect(both[String(id)]).toEqual(token);
  });

  it.each([
    ['a/b', 'a-b'],
    ['a b', 'a/b'],
    ['ä', 'ö'],
    ['n'.repeat(200), `${'n'.repeat(199)}m`],
  ])('tell %j from %j, and are such as AWS takes', async (one, other) => {
    const schedules = await schedulesOf([
      { ...PASSWORD, name: one },
      { ...PASSWORD, name: other },
    ]);
    expect(Object.keys(schedules)).toHaveLength(2);
    for (const id of Object.keys(schedules)) expect(id).toMatch(/^[A-Za-z0-9]{1,255}$/);
    const names = Object.values(schedules).map(({ Name }) => String(Name));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/);
  });
});

describe('A schedule', () => {
  it('has a window, repetitions, and a queue for what cannot be delivered; all are in one group', async () => {
    const [schedule] = Object.values(await schedulesOf([{ ...PASSWORD, length: 40 }]));
    expect(schedule).toMatchObject({
      GroupName: { Ref: 'RotationSchedules' },
      ScheduleExpression: 'rate(30 days)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: {
        Input: JSON.stringify({ name: 'app/db/password', strategy: 'random', length: 40 }),
        RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 10 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['RotationDeadLetters', 'Arn'] } },
      },
    });
  });

  it('has no window longer than a quarter of its interval, and none where the entry says 0', async () => {
    const windowOf = async (entry: object) => Object.values(await schedulesOf([entry]))[0]?.FlexibleTimeWindow;
    expect(await windowOf({ ...TOKEN, rate: 'rate(20 minutes)' })).toMatchObject({ MaximumWindowInMinutes: 5 });
    expect(await windowOf({ ...TOKEN, rate: 'rate(2 minutes)' })).toEqual({ Mode: 'OFF' });
    expect(await windowOf({ ...TOKEN, window_minutes: 0 })).toEqual({ Mode: 'OFF' });
  });

  it('looks once a day at the age of each credential, by its own secret', async () => {
    const sources = { local: false, nowMs: NOW, environment: {} };
    const context = resolverContext({ read_secret_credential_id: 'own/read' }, { routes: {} });
    const { Resources } = await resolveScheduleResources(context, sources);
    const looks = Object.entries(Resources).filter(([id]) => id.endsWith('AgeSchedule'));
    expect(looks.map(([, { Properties }]) => (Properties.Target as { Input: unknown }).Input)).toEqual([
      '{"key_age":{"secret_id":"own/read"}}',
      { 'Fn::Sub': [`{"key_age":{"secret_id":"\${Secret}"}}`, { Secret: { Ref: 'WriteSecretCredential' } }] },
      { 'Fn::Sub': [`{"key_age":{"secret_id":"\${Secret}"}}`, { Secret: { Ref: 'ConjurCredential' } }] },
    ]);
  });
});

it('on this machine rotations are events of serverless-offline, which knows no stack', async () => {
  const context = resolverContext({}, { rotations: [TOKEN], routes: { 'rotate-key': [] } });
  const sources = { local: true, nowMs: NOW, environment: {} };
  expect(await resolveScheduleResources(context, sources)).toEqual({ Resources: {} });
  expect(await resolveRotateKeyEvents(context, true)).toEqual([
    {
      schedule: {
        method: 'scheduler',
        rate: ['rate(7 days)'],
        enabled: true,
        input: { name: 'app/token', strategy: 'random' },
      },
    },
  ]);
  expect(await resolveRotateKeyEvents(context, false)).toEqual([]);
});
