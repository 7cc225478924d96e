import fc from 'fast-check';
import { anyText } from './any-text.ts';

/** What stands where something else was expected. */
const WRONG_VALUES: readonly unknown[] = [
  null,
  undefined,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  1e308,
  Number.NaN,
  '',
  ' ',
  '0',
  'null',
  '\u0000',
  '\ud800',
  'x'.repeat(70_000),
  [],
  [[]],
  [null],
  {},
  { toString: 1 },
  { length: 3 },
];

const ODD_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'then',
  'length',
  'name',
  'names',
  'value',
  'version',
  'secrets',
  ' name',
  'NAME',
  '',
];

export interface Mutation {
  readonly kind: 'drop' | 'replace' | 'add' | 'nest' | 'repeat';
  /** Chooses the field, by its place among all fields at every depth. */
  readonly at: number;
  readonly key: string;
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('drop', 'replace', 'add', 'nest', 'repeat'),
  at: fc.nat(40),
  key: fc.constantFrom(...ODD_KEYS),
  value: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...WRONG_VALUES) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 1, arbitrary: anyText(20) },
  ),
});

/** Up to three things to do to valid input; half of the time none, so that deep paths are reached. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Mutation[]>([]) },
  { weight: 3, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(mutation, { minLength: 2, maxLength: 3 }) },
);

/** The input with the mutations done to a copy. */
export function mutate(input: unknown, changes: readonly Mutation[]): unknown {
  return changes.length === 0 ? input : changes.reduce(change, structuredClone(input));
}

function change(input: unknown, { kind, at, key, value }: Mutation): unknown {
  const places = placesIn(input);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return kind === 'nest' ? [input] : value;
  const { holder, field } = place;
  if (kind === 'drop') delete holder[field];
  else if (kind === 'replace') holder[field] = structuredClone(value);
  else if (kind === 'nest') holder[field] = [holder[field]];
  else if (kind === 'repeat') holder[field] = Array.from({ length: 1_001 }, () => holder[field]);
  else if (!Array.isArray(holder)) define(holder, key, structuredClone(value));
  return input;
}

/** As JSON.parse does it: a key like `__proto__` becomes a field of its own. */
function define(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly field: string;
}

/** More than any mutation can choose from. */
const MAX_PLACES = 64;

function placesIn(input: unknown, found: Place[] = []): Place[] {
  if (typeof input !== 'object' || input === null) return found;
  const holder = input as Record<string, unknown>;
  for (const field of Object.keys(holder)) {
    if (found.length >= MAX_PLACES) return found;
    found.push({ holder, field });
    placesIn(holder[field], found);
  }
  return found;
}
