import { describe, expect, it } from 'vitest';
import { mockConjur, type SeenRequest } from '../mock-conjur.ts';

const SHOWN = JSON.stringify({ id: 'default:variable:app/db', owner: 'default:policy:app', secrets: [] });

function answer({ method }: SeenRequest) {
  return method === 'GET' ? { status: 200, body: SHOWN } : { status: 201, body: '{"created_roles":{},"version":2}' };
}

describe('deleting a variable', () => {
  it('looks for it and loads a deletion into its branch', async () => {
    const { conjur, seen } = mockConjur(answer, { CYBERARK_POLICY_BRANCH: 'app' });
    await conjur.deleteVariable('app/db');
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /resources/default/variable/app%2Fdb',
      'PATCH /policies/default/policy/app',
    ]);
    expect(seen[1]?.body).toContain('!delete');
    expect(seen[1]?.body).toContain('record: !variable "db"');
  });

  it('says that it is not there, and loads nothing', async () => {
    const { conjur, seen } = mockConjur(() => ({ status: 404 }));
    await expect(conjur.deleteVariable('app/db')).rejects.toMatchObject({ code: 'secret_not_found' });
    expect(seen).toHaveLength(1);
  });

  it('refuses a name outside the branch before anything is sent', async () => {
    const { conjur, seen } = mockConjur(answer, { CYBERARK_POLICY_BRANCH: 'app' });
    await expect(conjur.deleteVariable('application/db')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(seen).toEqual([]);
  });

  it('calls a name illegal that is, inside the branch and outside', async () => {
    const { conjur, seen } = mockConjur(answer, { CYBERARK_POLICY_BRANCH: 'app' });
    for (const name of ['app//db', 'other//db'])
      await expect(conjur.deleteVariable(name)).rejects.toThrow('The secret\'s name has an empty, "." or ".." segment');
    expect(seen).toEqual([]);
  });

  it('tells whose privilege is missing', async () => {
    const { conjur } = mockConjur((request) => (request.method === 'GET' ? answer(request) : { status: 403 }));
    await expect(conjur.deleteVariable('app/db')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
