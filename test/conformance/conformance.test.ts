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
    const ofSecond = scenarios.filter(({ areListsSets }) => areListsSets);
    expect([scenarios.length - ofSecond.length, ofSecond.length]).toEqual([105, 187]);
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

  const secondAlterations: Alteration[] = [
    ['a status', 'status', 'revoke by PUT', (text) => text.replace('"status":201', '"status":200')],
    [
      'an item of a list',
      'body[0].id',
      'of kind group',
      (text) => text.replace('"id":"default:group:s/g"', '"id":"x"'),
    ],
    ['the length of a list', 'body', 'of kind group', (text) => text.replace('"json":[]', '"json":[1]')],
    ['a count', 'body.count', 'of kind group', (text) => text.replace('"count":1', '"count":2')],
    ['a text body', 'body', 'secret as text/plain', (text) => text.replace('"text":"a=1', '"text":"a=2')],
    [
      'an item that stands there twice in place of another',
      'body[0].id',
      'of all kinds',
      (text) =>
        text.replace(
          '"json":[{"created_at":"<time>","id":"default:group:s/g"',
          '"json":[{"created_at":"<time>","id":"default:host:s/h"',
        ),
    ],
  ];

  it.each(secondAlterations)('fails when %s of the second file is altered', async (_what, where, name, alter) => {
    const recorded = JSON.stringify(scenarios.find((scenario) => scenario.name === name && scenario.areListsSets));
    const altered = alter(recorded);
    expect(altered).not.toBe(recorded);
    const failure = await replayScenario(subject, JSON.parse(altered));
    expect(failure?.differences.map((difference) => difference.where)).toContain(where);
  });

  it('compares lists as sets in the second file only', async () => {
    const scenario = scenarios.find(({ name, areListsSets }) => name === 'of all kinds' && areListsSets);
    if (!scenario) throw new Error('no scenario');
    const turned = {
      ...scenario,
      steps: scenario.steps.map(({ request, response }) => {
        const json = 'json' in response.body ? response.body.json : undefined;
        return Array.isArray(json)
          ? { request, response: { ...response, body: { json: json.toReversed() } } }
          : { request, response };
      }),
    };
    expect(await replayScenario(subject, turned)).toBeUndefined();
    expect(await replayScenario(subject, { ...turned, areListsSets: false })).toBeDefined();
  });

  it('refuses a Conjur whose admin key it does not have', async () => {
    const [scenario] = scenarios;
    if (!scenario) throw new Error('no scenario');
    await expect(replayScenario({ ...subject, adminApiKey: 'wrong' }, scenario)).rejects.toThrow('answered with 401');
  });
});
