import { expect, it } from 'vitest';
import { parseDirect, toBody } from '../../../../functions/read-secret/api.ts';
import { read } from '../../../../functions/read-secret/read.ts';
import { parseFunctionSettings } from '../../../../functions/runtime/settings.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { mockConjur } from '../../lib/mock-conjur.ts';

/** 2,500 variables of others, and two that are hosted among them. */
const NAMES = Array.from({ length: 2_500 }, (_, index) => `others/${index}`);
NAMES[700] = 'hosted/one';
NAMES[2_300] = 'hosted/two';

function setUp() {
  const { conjur, clock } = mockConjur(({ path }) => {
    const query = new URLSearchParams(path.slice(path.indexOf('?')));
    const [limit, offset] = [Number(query.get('limit')), Number(query.get('offset'))];
    const page = NAMES.slice(offset, offset + limit).map((name) => ({ id: `default:variable:${name}`, secrets: [] }));
    return { status: 200, body: JSON.stringify(page) };
  });
  const environment = { CYBERARK_API_KEY: 'key', CYBERARK_HOSTED_KEYS: 'hosted/one,hosted/two' };
  const { settings } = parseFunctionSettings(environment, { readFile: () => '' });
  return async (list: object) =>
    toBody(await read({ settings, conjur }, await parseDirect({ list }), new Deadline(clock, 10_000)));
}

it('a listing and its cursor tell nothing of names that are not hosted', async () => {
  const list = setUp();
  expect(await list({})).toMatchObject({ secrets: [{ name: 'hosted/one' }, { name: 'hosted/two' }], cursor: null });
  const first = (await list({ limit: 1 })) as { secrets: object[]; cursor: string };
  expect(first.secrets).toMatchObject([{ name: 'hosted/one' }]);
  // Where the next page begins is counted in names that this caller may know.
  expect(Buffer.from(first.cursor, 'base64url').toString()).toBe('o1');
  expect(await list({ limit: 1, cursor: first.cursor })).toMatchObject({
    secrets: [{ name: 'hosted/two' }],
    cursor: null,
  });
});
