import { expect, it } from 'vitest';
import { createChangeRecord } from '../../../../../infra/local/console/change-record.ts';

it('notes writes, writes of many, and rotations, by name', () => {
  const record = createChangeRecord(() => Date.UTC(2026, 0, 1));
  record.note({ name: 'a', created: true, changed: true, version: 1 });
  record.note({ secrets: [{ name: 'b', created: false, changed: null, version: 4 }], errors: [] });
  record.note({ name: 'c', strategy: 'random', version: 2, rotated_at: '2026-01-01T00:00:00Z', value: 'sk-secret' });
  const changedAt = '2026-01-01T00:00:00.000Z';
  expect(record.changes()).toEqual({
    a: { version: 1, changedAt, by: 'write' },
    b: { version: 4, changedAt, by: 'write' },
    c: { version: 2, changedAt, by: 'random' },
  });
});

it.each([
  [{ name: 'a', changed: false, version: 3 }],
  [{ name: 'a', deleted: true }],
  [{ name: 'a', strategy: 'conjur-api-key', version: 'an-id' }],
  [{ secrets: [null, 'x', { version: 1 }] }],
  [null],
  ['text'],
  [[]],
])('notes nothing of %j', (answer) => {
  const record = createChangeRecord(() => 0);
  record.note(answer);
  expect(record.changes()).toEqual({});
});
