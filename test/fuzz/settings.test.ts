import { inspect } from 'node:util';
import fc from 'fast-check';
import { MockAgent } from 'undici';
import { expect, it } from 'vitest';
import { type ParsedFunctionSettings, parseFunctionSettings } from '../../functions/runtime/settings.ts';
import { createConjurClient } from '../../lib/client.ts';
import { Deadline, systemClock } from '../../lib/clock.ts';
import { isConjurError } from '../../lib/errors.ts';
import { environment, MARK } from './arbitraries/environments.ts';

const SEED = 20_260_303;

function readFile(path: string): string {
  throw new Error(`ENOENT: no such file, open '${path}'`);
}

function parse(variables: Record<string, string>): ParsedFunctionSettings | undefined {
  try {
    return parseFunctionSettings(variables, { readFile });
  } catch (error) {
    if (!isConjurError(error, 'config_invalid')) throw error;
    expect(error.message).toMatch(/(?:CYBERARK|CONJUR|LITELLM)_[A-Z_]+ /);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(MARK);
    return undefined;
  }
}

it('any environment gives settings, or an error that names variables and tells no secret', () => {
  const counts = { settings: 0, refused: 0 };
  fc.assert(
    fc.property(environment, (variables) => {
      const parsed = parse(variables);
      counts[parsed === undefined ? 'refused' : 'settings'] += 1;
      if (parsed === undefined) return;
      expect(inspect(parsed.settings, { depth: null, showHidden: true }) + JSON.stringify(parsed)).not.toContain(MARK);
      expect(parsed.warnings.join()).not.toContain(MARK);
    }),
    { numRuns: 3_000, seed: SEED },
  );
  process.stdout.write(`\n3000 environments: ${counts.settings} give settings, ${counts.refused} are refused\n`);
  expect(counts.settings).toBeGreaterThan(1_000);
  expect(counts.refused).toBeGreaterThan(1_000);
});

it('settings that were taken are good for a client: a call ends with a documented code', async () => {
  const dispatcher = new MockAgent();
  dispatcher.disableNetConnect();
  const codes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(environment, async (variables) => {
      const settings = parse({ ...variables, CYBERARK_MAX_ATTEMPTS: '1' })?.settings;
      // AWS is not there to be asked.
      if (settings === undefined || settings.credentialSecretId !== undefined || settings.auth.type === 'iam') return;
      const thrown: unknown = await reachNobody(settings, dispatcher);
      if (!isConjurError(thrown) || thrown.code === 'internal')
        throw new Error('no documented code', { cause: thrown });
      codes.set(thrown.code, (codes.get(thrown.code) ?? 0) + 1);
    }),
    { numRuns: 2_000, seed: SEED },
  );
  process.stdout.write(`\nclients that reach nobody: ${JSON.stringify(Object.fromEntries(codes))}\n`);
  expect(codes.get('upstream_unavailable')).toBeGreaterThan(100);
}, 60_000);

async function reachNobody(settings: ParsedFunctionSettings['settings'], dispatcher: MockAgent): Promise<unknown> {
  try {
    const client = createConjurClient(settings, { dispatcher });
    await client.readSecret('a/b', { deadline: new Deadline(systemClock, 1_000) });
  } catch (error) {
    return error;
  }
  return undefined;
}
