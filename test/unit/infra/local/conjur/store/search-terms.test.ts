import { expect, it } from 'vitest';
import { toSearchTerms } from '../../../../../../infra/local/conjur/store/search-terms.ts';

it.each([
  ['Find me', ['find']],
  ['db-password/one.two_three', ['db', 'password', 'one', 'two', 'three']],
  ['the of and', []],
  ['"; DROP', ['drop']],
  ['Ключ 鍵', ['ключ', '鍵']],
])('of %j the words that count are %j', (search, terms) => {
  expect(toSearchTerms(search)).toEqual(terms);
});
