import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../../lib/secret.ts';
import { hostileDefinition } from '../../unit/lib/secrets/hostile-definitions.ts';
import { startPolicies } from '../policies/start-policies.ts';

it('of 200 hostile definitions each is refused, or stored under exactly that name, and nothing else gets into Conjur', async () => {
  const { admin, as, load, close } = await startPolicies();
  onTestFinished(close);
  await load('secrets-branch.yml');
  await load('functions.yml');
  const before = (await admin.listVariables()).variables;
  expect(before).toEqual([]);
  const byName = new Map(fc.sample(hostileDefinition, 200).map((definition) => [definition.name, definition]));
  const secrets = [...byName.values()].map((definition, index) => ({
    ...definition,
    value: Secret.of(`value ${index}`),
  }));

  const { items: results, errors } = await as('conjur-functions/write-secret/blue').writeSecrets(secrets);

  expect(results.length + errors.length).toBe(secrets.length);
  expect(results.length).toBeGreaterThan(20);
  expect([...new Set(errors.map(({ error }) => error.code))]).toEqual(['invalid_request']);
  const { variables } = await admin.listVariables({ limit: 1_000 });
  expect(variables.map(({ name }) => name).sort()).toEqual(results.map(({ name }) => name).sort());
  for (const { name, annotations, owner } of variables) {
    const { mimeType, annotations: given } = byName.get(name) ?? {};
    expect(annotations).toEqual({ ...given, ...(mimeType === undefined ? {} : { 'conjur/mime_type': mimeType }) });
    expect(owner).toBe('default:policy:litellm');
  }
  const { items: values } = await as('conjur-functions/read-secret/blue').readSecrets(results.map(({ name }) => name));
  const expected = new Map(secrets.map(({ name, value }) => [name, value.expose()]));
  expect(values.map(({ name, value }) => value.expose() === expected.get(name))).toEqual(results.map(() => true));
});
