import { expect, it } from 'vitest';
import { bareReply, emptyReply, forAccepted } from '../../../../../../infra/local/conjur/http/reply.ts';

it.each([
  ['application/json', true],
  ['application/json; charset=utf-8', true],
  ['text/x-json', true],
  ['text/html;q=0.5, application/json', true],
  ['application/json;q=0.5, text/html', false],
  // As the HTTP client axios has it: taken for a browser.
  ['application/json, text/plain, */*', false],
  ['*/*', false],
  ['text/html', false],
  [undefined, false],
])('where no route has answered, who accepts %s gets JSON: %s', (accept, isJson) => {
  const reply = forAccepted(bareReply(404), accept);
  expect(reply.body).toBe(isJson ? '{"status":404,"error":"Not Found"}' : '');
  expect(reply.headers['content-type']).toMatch(isJson ? /^application\/json/ : /^text\/html/);
});

it('what a route has answered stays as it is', () => {
  expect(forAccepted(emptyReply(403), 'application/json')).toEqual(emptyReply(403));
});
