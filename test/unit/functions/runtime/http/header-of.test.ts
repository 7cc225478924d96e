import { expect, it } from 'vitest';
import { headerOf } from '../../../../../functions/runtime/http.ts';

it.each([
  ['as an HTTP API writes it', { accept: 'text/plain' }, 'text/plain'],
  ['as a REST API passes it on', { 'x-long': 'a', 'x-other': 'b', Accept: 'text/plain' }, 'text/plain'],
  ['in capitals', { ACCEPT: 'text/plain' }, 'text/plain'],
  ['that is not there', { 'accept-encoding': 'gzip' }, undefined],
  ['that is no text', { accept: ['text/plain'] }, undefined],
])('finds a header %s', (_, headers, expected) => {
  expect(headerOf(headers, 'accept')).toBe(expected);
});
