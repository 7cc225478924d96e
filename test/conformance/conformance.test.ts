import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { createClient } from './create-client.ts';
import { describeFailure } from './describe-failure.ts';
import { loadScenarios } from './load-scenarios.ts';
import { replayScenario, type Subject } from './replay-scenario.ts';

const scenarios = loadScenarios();
let conjur: LocalConjur;
let subject: Subject;

beforeAll(async () => {
  conjur = await createLocalConjur({ policyLoadMs: 1 });
  subject = { send: createClient(conjur.url), account: conjur.account, adminApiKey: conjur.adminApiKey };
});
afterAll(() => conjur.close());

describe('the local Conjur answers like a genuine Conjur', () => {
  it('has all recorded scenarios to answer', () => {
    expect(scenarios).toHaveLength(105);
  });

  for (const scenario of scenarios) {
    it(`${scenario.area}: ${scenario.name}`, async () => {
      const failure = await replayScenario(subject, scenario);
      expect(failure && describeFailure(failure)).toBeUndefined();
    });
  }
});

describe('the conformance suite', () => {
  it('replays in another account, against an admin key that somebody chose', async () => {
    const other = await createLocalConjur({ policyLoadMs: 1, account: 'acme', adminApiKey: 'chosen' });
    const there = { send: createClient(other.url), account: 'acme', adminApiKey: 'chosen' };
    const names = ['login with basic auth and the api key', 'ids url-encoded', 'rotate without the right', 'whoami'];
    for (const scenario of scenarios.filter(({ name }) => names.includes(name))) {
      expect(await replayScenario(there, scenario)).toBeUndefined();
    }
    await other.close();
  });

  type Alteration = [what: string, where: string, scenario: string, alter: (text: string) => string];
  const alterations: Alteration[] = [
    ['a status', 'status', 'set and get', (text) => text.replace('"status":200', '"status":204')],
    [
      'a header',
      'header content-type',
      'set and get',
      (text) => text.replace('application/octet-stream', 'text/plain'),
    ],
    ['a text body', 'body', 'set and get', (text) => text.replace('"text":"my-secret-value"', '"text":"other"')],
    ['an error code', 'body.error.code', 'set an empty value', (text) => text.replace('argument_error', 'value_error')],
    ['a binary body', 'body', 'binary value', (text) => text.replace('"base64":"AAEC', '"base64":"BBEC')],
    ['an item of a list', 'body[2].id', 'list variables', (text) => text.replace('"default:variable:app/two"', '"x"')],
    ['the length of a list', 'body', 'list variables', (text) => text.replace(/"json":\[\{.*\]\}\]/, '"json":[]')],
    [
      'a missing header',
      'header retry-after',
      'whoami',
      (text) => text.replace('"headers":{', '"headers":{"retry-after":"<1..8>",'),
    ],
    ['a field that is not sent', 'body.extra', 'whoami', (text) => text.replace('"json":{', '"json":{"extra":1,')],
    ['a blank of the wrong form', 'body.client_ip', 'whoami', (text) => text.replace('"127.0.0.1"', '"<time>"')],
  ];

  it.each(alterations)('fails when %s of a recorded answer is altered', async (_what, where, name, alter) => {
    const recorded = JSON.stringify(scenarios.find((scenario) => scenario.name === name));
    const altered = alter(recorded);
    expect(altered).not.toBe(recorded);
    const failure = await replayScenario(subject, JSON.parse(altered));
    expect(failure?.differences.map((difference) => difference.where)).toEqual([where]);
  });

  it('refuses a Conjur whose admin key it does not have', async () => {
    const [scenario] = scenarios;
    if (!scenario) throw new Error('no scenario');
    await expect(replayScenario({ ...subject, adminApiKey: 'wrong' }, scenario)).rejects.toThrow('answered with 401');
  });
});
