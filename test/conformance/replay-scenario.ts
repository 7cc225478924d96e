import { setTimeout as sleep } from 'node:timers/promises';
import { compareResponse, type Difference } from './compare-response.ts';
import type { Client, OutgoingRequest, ReceivedResponse } from './create-client.ts';
import type { Scenario, ScenarioRequest } from './scenario.ts';

/** The Conjur that scenarios are replayed against. */
export interface Subject {
  readonly send: Client;
  readonly account: string;
  readonly adminApiKey: string;
}

/** The first step whose answer was not the recorded one. */
export interface Failure {
  readonly step: number;
  readonly request: string;
  readonly differences: Difference[];
}

const RESET_ATTEMPTS = 5;

/** Plays a scenario from an empty root policy; undefined when every answer is the recorded one. */
export async function replayScenario(subject: Subject, recorded: Scenario): Promise<Failure | undefined> {
  const scenario = inAccount(recorded, subject.account);
  const session = createSession(subject);
  await session.reset();
  for (const [index, { request, response }] of scenario.steps.entries()) {
    const outgoing = await session.prepare(request);
    const received = await subject.send(outgoing);
    session.learn(request, received);
    const differences = compareResponse(response, received, session.isKnownKey, scenario.areListsSets);
    if (differences.length > 0) return { step: index + 1, request: `${request.method} ${outgoing.path}`, differences };
  }
  return undefined;
}

/** The scenario with the account that it is replayed in where the recording says `default`. */
function inAccount(scenario: Scenario, account: string): Scenario {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the recordings' own placeholder
  const text = JSON.stringify(scenario).replaceAll('${account}', account);
  if (account === 'default') return JSON.parse(text);
  const renamed = text
    .replace(/default(?=(?::|%3A)(?:variable|host|user|group|layer|policy|webservice)\b)/g, account)
    .replaceAll("in account 'default'", `in account '${account}'`)
    .replaceAll('"account":"default"', `"account":"${account}"`);
  return JSON.parse(renamed);
}

function createSession({ send, account, adminApiKey }: Subject) {
  const keys = new Map([['admin', adminApiKey]]);
  // A token stays the same for the scenario: one of the rules to show is that it outlives its api key.
  const tokens = new Map<string, string>();

  function keyOf(login: string): string {
    const key = keys.get(login);
    if (key === undefined) throw new Error(`The scenario never learnt the api key of ${login}.`);
    return key;
  }

  async function tokenOf(login: string): Promise<string> {
    const known = tokens.get(login);
    if (known !== undefined) return known;
    const path = `/authn/${account}/${encodeURIComponent(login)}/authenticate`;
    const { status, body } = await send({ method: 'POST', path, body: keyOf(login) });
    if (status !== 200) throw new Error(`Logging in as ${login} was answered with ${status}. Is the api key right?`);
    const token = body.toString('base64');
    tokens.set(login, token);
    return token;
  }

  async function authorization(request: ScenarioRequest): Promise<Record<string, string>> {
    if (request.basic) {
      const [login, key] = request.basic;
      const pair = `${login}:${key === '@key' ? keyOf(login) : key}`;
      return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    }
    return request.as ? { authorization: `Token token="${await tokenOf(request.as)}"` } : {};
  }

  function bodyOf(request: ScenarioRequest): string | Buffer {
    if (request.body_key_of) return keyOf(request.body_key_of);
    if (request.body_base64) return Buffer.from(request.body_base64, 'base64');
    if (request.body_repeat) return request.body_repeat[0].repeat(request.body_repeat[1]);
    return request.body ?? '';
  }

  async function prepare(request: ScenarioRequest): Promise<OutgoingRequest> {
    const headers = { ...(await authorization(request)), ...request.headers };
    return { method: request.method, path: request.path, headers, body: bodyOf(request) };
  }

  function learn(request: ScenarioRequest, { body }: ReceivedResponse): void {
    for (const [login, place] of Object.entries(request.learn_key ?? {})) {
      const key = place === 'body' ? body.toString() : createdKey(body, place);
      if (key !== undefined) keys.set(login, key);
    }
  }

  async function reset(): Promise<void> {
    const headers = { authorization: `Token token="${await tokenOf('admin')}"`, 'content-type': 'application/x-yaml' };
    const request = { method: 'PUT', path: `/policies/${account}/policy/root`, headers, body: '[]\n' };
    for (let attempt = 1; attempt <= RESET_ATTEMPTS; attempt += 1) {
      const { status } = await send(request);
      if (status === 201) return;
      if (status !== 409) throw new Error(`Emptying the root policy was answered with ${status}.`);
      await sleep(attempt * 1000);
    }
    throw new Error('The policy stayed locked by other loads.');
  }

  const isKnownKey = (value: unknown) => [...keys.values()].some((key) => key === value);
  return { prepare, learn, reset, isKnownKey };
}

function createdKey(body: Buffer, roleId: string): string | undefined {
  try {
    return JSON.parse(body.toString()).created_roles[roleId].api_key;
  } catch {
    // The answer is not what was recorded; comparing it says so.
    return undefined;
  }
}
