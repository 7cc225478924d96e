import type { FunctionName } from '../faults/table/functions-of.ts';

/** Branch that the soaked functions own. */
export const BRANCH = 'soak/data';
export const CREDENTIAL_ID = 'soak/credential';
export const VIRTUAL_KEY_NAME = `${BRANCH}/virtual-key`;

export interface SoakCall {
  readonly to: FunctionName;
  readonly payload: unknown;
  /** Variables that it reads; each value must be one that was written under that name. */
  readonly reads: readonly string[];
}

const VARIABLES = 60;
const NEW_VARIABLES = 400;

/** Every value begins with the name that it was written under, so that a mix-up shows. */
export const toValue = (name: string, random: () => number): string => `of ${name}: ${random()}`;

/** Draws the next call of a mixed load: reads above all, then writes, lists, new variables, rotations and mistakes. */
export function pickCall(random: () => number): SoakCall {
  const index = (count: number): number => Math.floor(random() * count);
  const name = `${BRANCH}/v${index(VARIABLES)}`;
  const call = (to: FunctionName, payload: unknown, reads: readonly string[] = []): SoakCall => ({
    to,
    payload,
    reads,
  });
  const share = random();
  if (share < 0.4) return call('read-secret', { name }, [name]);
  if (share < 0.55) {
    const names = [...new Set(Array.from({ length: 8 }, () => `${BRANCH}/v${index(VARIABLES)}`))];
    return call('read-secret', { names }, names);
  }
  if (share < 0.72) return call('write-secret', { name, value: toValue(name, random) });
  if (share < 0.78) {
    const fresh = `${BRANCH}/new/${index(NEW_VARIABLES)}`;
    return call('write-secret', { name: fresh, value: toValue(fresh, random), version: false });
  }
  if (share < 0.83) {
    const secrets = [0, 1, 2, 3].map((step) => `${BRANCH}/many/${(index(40) + step * 40) % 160}`);
    return call('write-secret', { secrets: secrets.map((each) => ({ name: each, value: toValue(each, random) })) });
  }
  if (share < 0.87) return call('read-secret', { list: { search: 'soak', limit: 20 } });
  if (share < 0.9) return call('read-secret', { health: true });
  if (share < 0.94) return call('rotate-key', { name, strategy: 'random', prefix: `of ${name}: ` });
  if (share < 0.96) return call('rotate-key', { name, strategy: 'supplied', new_value: toValue(name, random) });
  if (share < 0.965) return call('rotate-key', { name: VIRTUAL_KEY_NAME, strategy: 'litellm-virtual-key' });
  if (share < 0.967) return call('rotate-key', { strategy: 'conjur-api-key', secret_id: CREDENTIAL_ID });
  if (share < 0.985) return call('read-secret', { name: `${BRANCH}/no/such/${index(50)}` });
  return call('write-secret', { name: 'a//b', value: 'x' });
}
