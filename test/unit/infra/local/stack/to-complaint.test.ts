import { expect, it } from 'vitest';
import { NotADataFileError } from '../../../../../infra/local/conjur/store/open-database.ts';
import { PortTakenError } from '../../../../../infra/local/stack/assert-ports-free.ts';
import { toComplaint } from '../../../../../infra/local/stack/to-complaint.ts';

it('prints one line for what the user can mend', () => {
  expect(toComplaint(new PortTakenError('Port 3000 is taken.'))).toBe('Port 3000 is taken.');
  expect(toComplaint(new NotADataFileError('/data/x', undefined))).toMatch(/^\/data\/x is not a data file .*\.$/);
  const folder = Object.assign(new Error('EISDIR: illegal operation'), { code: 'EISDIR', path: '/data' });
  expect(toComplaint(folder)).toBe(
    '/data cannot be used (EISDIR). Is it a file that you may write? --data names another.',
  );
});

it('sends nobody to --data whose dist/ belongs to somebody else', () => {
  const path = '/home/me/conjur-functions/dist/read-secret';
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path });
  expect(toComplaint(denied)).toMatch(/dist\/read-secret cannot be used \(EACCES\)\. The functions are built there\./);
  expect(toComplaint(denied)).not.toContain('--data');
});

it('prints where a mistake of ours was made', () => {
  expect(toComplaint(new TypeError('x is not a function'))).toMatch(/^TypeError: x is not a function\n {4}at /);
});
