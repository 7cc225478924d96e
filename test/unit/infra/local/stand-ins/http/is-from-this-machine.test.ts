import { expect, it } from 'vitest';
import { isFromThisMachine } from '../../../../../../infra/local/stand-ins/http/is-from-this-machine.ts';

it.each([
  ['a program', { host: '127.0.0.1:3000' }],
  ['a program that calls it localhost', { host: 'localhost:3000' }],
  ['a program over IPv6', { host: '[::1]:3000' }],
  ['a container on this machine', { host: 'host.docker.internal:3002' }],
  ['the API page', { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:40000' }],
  ['a page that is being developed here', { host: 'localhost:3000', origin: 'http://localhost:5173' }],
])('takes what comes from %s', (_, headers) => {
  expect(isFromThisMachine(headers)).toBe(true);
});

it.each([
  ['a site', { host: '127.0.0.1:3000', origin: 'https://evil.example' }],
  ['a site whose name looks local', { host: '127.0.0.1:3000', origin: 'https://localhost.evil.example' }],
  ['a site that hides behind a user name', { host: '127.0.0.1:3000', origin: 'https://localhost@evil.example' }],
  ['a page without an origin of its own', { host: '127.0.0.1:3000', origin: 'null' }],
  ['a name that was pointed at this machine', { host: 'evil.example:3000' }],
  ['such a name with a page of its own', { host: 'evil.example:3000', origin: 'http://evil.example:3000' }],
  ['nobody knows where', {}],
  ['a host that is none', { host: ':' }],
])('refuses what comes from %s', (_, headers) => {
  expect(isFromThisMachine(headers)).toBe(false);
});
