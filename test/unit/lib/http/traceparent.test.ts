import { expect, it } from 'vitest';
import { mockConjur } from '../mock-conjur.ts';

const TRACEPARENT = '00-5759e988bd862e3fe1be46a994272793-557abcec3ee5a047-01';

it('every request carries the traceparent of its moment, authentications too', async () => {
  const given = [TRACEPARENT, undefined];
  const { conjur, seen, authentications } = mockConjur(
    () => ({ status: 200, body: 'value' }),
    {},
    { traceparent: () => given[seen.length] },
  );
  await conjur.readSecret('a');
  await conjur.readSecret('a');
  expect(authentications[0]?.headers).toMatchObject({ traceparent: TRACEPARENT });
  expect(seen[0]?.headers).toMatchObject({ traceparent: TRACEPARENT });
  expect(seen[1]?.headers).not.toHaveProperty('traceparent');
});
