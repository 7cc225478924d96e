import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '../../support/load-bundle.ts';
import { policyLoadsIn, startWriting, type Writing } from './start-writing.ts';

let writing: Writing;
let writer: Bundle;

beforeAll(async () => {
  writing = await startWriting();
  writer = await writing.startContainer();
});
afterAll(() => writing.close());

/** What a call answers, and what it cost at Conjur. */
async function call(container: Bundle, event: unknown) {
  writing.takeRequests();
  const answer = await container.handler(event).catch((error: unknown) => error);
  return { answer, requests: writing.takeRequests() };
}

function httpEvent(method: string, path: string, body?: unknown) {
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method, path } },
    isBase64Encoded: false,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

describe('a write to a variable that exists', () => {
  it('is one request to Conjur, and two with its version', async () => {
    await writer.handler({ name: 'app/known', value: '1' });

    const plain = await call(writer, { name: 'app/known', value: '2', version: false });
    expect(plain.requests).toEqual(['POST /secrets/default/variable/app%2Fknown']);
    expect(plain.answer).toEqual({ name: 'app/known', created: false, changed: null, version: null });

    const versioned = await call(writer, { name: 'app/known', value: '3' });
    expect(versioned.requests).toEqual([
      'POST /secrets/default/variable/app%2Fknown',
      'GET /resources/default/variable/app%2Fknown',
    ]);
    expect(versioned.answer).toEqual({ name: 'app/known', created: false, changed: true, version: 3 });
  });

  it('says that nothing changed where the value was there already', async () => {
    await writer.handler({ name: 'app/same', value: 'v' });
    expect(await writer.handler({ name: 'app/same', value: 'v' })).toMatchObject({ changed: false, version: 1 });
  });

  it('leaves open whether it changed where the container never saw the version before', async () => {
    await writer.handler({ name: 'app/unseen', value: 'v' });
    const cold = await writing.startContainer();
    expect(await cold.handler({ name: 'app/unseen', value: 'v' })).toMatchObject({ changed: null, version: 1 });
  });
});

describe('many secrets in one call', () => {
  const secrets = Array.from({ length: 40 }, (_, index) => ({ name: `many/${index}`, value: `v${index}` }));

  it('are defined by one policy load, and a repetition of the call changes nothing', async () => {
    const first = await call(writer, { secrets });
    expect(first.answer).toEqual({
      secrets: secrets.map(({ name }) => ({ name, created: true, changed: true, version: 1 })),
      errors: [],
    });
    expect(policyLoadsIn(first.requests)).toEqual(['POST /policies/default/policy/root']);

    const again = await call(writer, { secrets });
    expect(policyLoadsIn(again.requests)).toEqual([]);
    expect(again.requests).toHaveLength(80);
    expect(again.answer).toEqual({
      secrets: secrets.map(({ name }) => ({ name, created: false, changed: false, version: 1 })),
      errors: [],
    });
  });

  it('cost one request each where their versions are not wanted', async () => {
    expect((await call(writer, { secrets, version: false })).requests).toHaveLength(40);
  });

  it('are stored but for those that cannot be, which are told apart over HTTP too', async () => {
    const body = {
      secrets: [
        { name: 'some/good', value: '1' },
        { name: '../bad', value: '2' },
        { name: 'some/empty', value: '' },
        { name: 'some/noted', value: '4', annotations: { note: 'NUL \u0000' } },
      ],
    };
    const { answer, requests } = await call(writer, httpEvent('POST', '/secrets', body));
    const reply = answer as { statusCode: number; body: string };
    expect(reply.statusCode).toBe(200);
    expect(JSON.parse(reply.body)).toEqual({
      secrets: [{ name: 'some/good', created: true, changed: true, version: 1 }],
      errors: ['../bad', 'some/empty', 'some/noted'].map((name) => ({
        name,
        code: 'invalid_request',
        message: expect.any(String),
      })),
    });
    expect(requests.filter((request) => /bad|empty|noted/.test(request))).toEqual([]);
  });

  it('fail as a whole where nothing could be written for a reason that concerns no name', async () => {
    const stranger = await writing.startContainer({ CYBERARK_API_KEY: 'wrong', CYBERARK_MAX_ATTEMPTS: '1' });
    const { answer } = await call(stranger, { secrets });
    expect(answer).toMatchObject({ name: 'AuthenticationFailed' });
  });
});

describe('a virtual key', () => {
  const key = { key: 'sk-virtual-1', key_alias: 'team-a', token_id: '88dc28' };

  it('is stored under its alias, over HTTP and by direct call', async () => {
    const keeper = await writing.startContainer({ CYBERARK_STORE_VIRTUAL_KEYS: 'true' });
    const { answer } = await call(keeper, httpEvent('POST', '/virtual-keys', key));
    expect(answer).toMatchObject({ statusCode: 201 });
    expect(JSON.parse((answer as { body: string }).body)).toEqual({
      name: 'litellm/team-a',
      created: true,
      changed: true,
      version: 1,
    });
    expect(await keeper.handler({ virtual_key: { ...key, key: 'sk-virtual-2' } })).toMatchObject({ version: 2 });
    expect(await writing.valueOf('litellm/team-a')).toBe('sk-virtual-2');
  });

  it('is stored under its token id and another prefix, whatever hosted_keys lists', async () => {
    const keeper = await writing.startContainer({
      CYBERARK_STORE_VIRTUAL_KEYS: 'true',
      CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS: 'gateway/keys',
      CYBERARK_HOSTED_KEYS: 'OPENAI_API_KEY',
    });
    expect(await keeper.handler({ virtual_key: { key: 'sk-virtual-3', token_id: '88dc28' } })).toMatchObject({
      name: 'gateway/keys/virtual-key-88dc28',
      created: true,
    });
    const { answer, requests } = await call(keeper, { name: 'other', value: 'v' });
    expect(answer).toMatchObject({ name: 'NotHosted' });
    expect(requests).toEqual([]);
  });

  it.each([
    ['forbidden', 'virtual keys are not stored', {}],
    [
      'access_mode_denied',
      'access_mode is read_only',
      { CYBERARK_STORE_VIRTUAL_KEYS: 'true', CYBERARK_ACCESS_MODE: 'read_only' },
    ],
  ])('is refused as %s where %s, before anything is sent', async (code, _, environment) => {
    const container = await writing.startContainer(environment as Record<string, string>);
    const { answer, requests } = await call(container, httpEvent('POST', '/virtual-keys', key));
    expect(answer).toMatchObject({ statusCode: 403 });
    expect(JSON.parse((answer as { body: string }).body)).toMatchObject({ code });
    expect(requests).toEqual([]);
  });
});

describe('a new variable in a policy branch', () => {
  it('is the one that its full name says, with MIME type, annotations and permits from the same load', async () => {
    await writing.loadPolicy(
      'root',
      '- !policy\n  id: litellm\n  body:\n  - !group readers\n  - !group writers\n- !policy elsewhere\n',
    );
    const container = await writing.startContainer({
      CYBERARK_POLICY_BRANCH: 'litellm',
      CYBERARK_GRANT_READ: 'group:litellm/readers',
      CYBERARK_GRANT_WRITE: 'group:litellm/writers',
    });
    const secret = { name: 'litellm/key-1', value: '{}', mime_type: 'application/json', annotations: { owner: 'pay' } };
    const { answer, requests } = await call(container, secret);
    expect(answer).toMatchObject({ name: 'litellm/key-1', created: true });
    expect(policyLoadsIn(requests)).toEqual(['POST /policies/default/policy/litellm']);
    expect(await writing.show('litellm/key-1')).toMatchObject({
      id: 'default:variable:litellm/key-1',
      policy: 'default:policy:litellm',
      permissions: [
        { privilege: 'execute', role: 'default:group:litellm/readers' },
        { privilege: 'read', role: 'default:group:litellm/readers' },
        { privilege: 'read', role: 'default:group:litellm/writers' },
        { privilege: 'update', role: 'default:group:litellm/writers' },
      ],
      annotations: [
        { name: 'conjur/mime_type', value: 'application/json' },
        { name: 'owner', value: 'pay' },
      ],
    });

    const outside = await call(container, { name: 'elsewhere/key', value: 'v' });
    expect(outside.answer).toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining('"litellm/"') });
    expect(policyLoadsIn(outside.requests)).toEqual([]);
  });
});

describe('a role that may read and write new variables', () => {
  it('gets each privilege once: Conjur takes a privilege that is granted twice for a concurrent load', async () => {
    await writing.loadPolicy('root', '- !group both\n');
    const container = await writing.startContainer({
      CYBERARK_GRANT_READ: 'group:both,group:both',
      CYBERARK_GRANT_WRITE: 'group:both',
    });
    const { answer, requests } = await call(container, { name: 'granted/twice', value: 'v', version: false });
    expect(answer).toMatchObject({ created: true });
    expect(policyLoadsIn(requests)).toHaveLength(1);
    expect(await writing.show('granted/twice')).toMatchObject({
      permissions: ['execute', 'read', 'update'].map((privilege) => ({ privilege, role: 'default:group:both' })),
    });
  });
});

describe('a deletion', () => {
  it('is a 405 that says why, and that something else is allowed', async () => {
    const { answer, requests } = await call(writer, httpEvent('DELETE', '/secrets/app/known'));
    expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET, PUT' } });
    expect(JSON.parse((answer as { body: string }).body)).toMatchObject({
      code: 'delete_not_supported',
      detail: expect.stringContaining('CYBERARK_ALLOW_DELETE=true'),
    });
    expect(requests).toEqual([]);
  });

  it('takes the variable and its value away where it is allowed, and may be repeated', async () => {
    const remover = await writing.startContainer({ CYBERARK_ALLOW_DELETE: 'true' });
    await writer.handler({ name: 'gone/soon', value: 'secret' });
    await writer.handler({ name: 'gone/not', value: 'kept' });

    const { answer, requests } = await call(remover, httpEvent('DELETE', '/secrets/gone/soon'));
    expect(answer).toMatchObject({ statusCode: 200 });
    expect(JSON.parse((answer as { body: string }).body)).toEqual({ name: 'gone/soon', deleted: true });
    expect(policyLoadsIn(requests)).toEqual(['PATCH /policies/default/policy/root']);
    expect(await writing.valueOf('gone/soon')).toBeUndefined();
    expect(await writing.valueOf('gone/not')).toBe('kept');

    const again = await call(remover, { delete: 'gone/soon' });
    expect(again.answer).toEqual({ name: 'gone/soon', deleted: false });
    expect(policyLoadsIn(again.requests)).toEqual([]);

    await writer.handler({ name: 'gone/soon', value: 'new' });
    expect(await writing.show('gone/soon')).toMatchObject({ secrets: [{ version: 1 }] });
  });

  it('stays inside the policy branch, and works on what another load defined there', async () => {
    await writing.loadPolicy('root', '- !policy\n  id: inner\n  body:\n  - !variable by-root\n- !variable inner-not\n');
    const remover = await writing.startContainer({ CYBERARK_ALLOW_DELETE: 'true', CYBERARK_POLICY_BRANCH: 'inner' });
    expect(await remover.handler({ delete: 'inner/by-root' })).toEqual({ name: 'inner/by-root', deleted: true });
    const { answer } = await call(remover, { delete: 'inner-not' });
    expect(answer).toMatchObject({ name: 'InvalidRequest' });
    expect(await writing.show('inner-not')).toBeDefined();
  });

  it('is refused to a function that may only read', async () => {
    const reader = await writing.startContainer({ CYBERARK_ALLOW_DELETE: 'true', CYBERARK_ACCESS_MODE: 'read_only' });
    expect((await call(reader, { delete: 'gone/not' })).answer).toMatchObject({ name: 'AccessModeDenied' });
  });
});
