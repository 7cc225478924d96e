import { type FunctionSettings, parseFunctionSettings } from '../../../functions/runtime/settings.ts';
import { clearDeadSecrets, connectLitellm } from './dead-secrets.ts';
import { migrateSecret, type Outcome } from './migrate.ts';
import { planMigration } from './plan.ts';
import { createStoredSecrets, type StoredSecrets } from './stored-secrets.ts';

export interface RunOptions {
  readonly apply: boolean;
  readonly deleteOld: boolean;
  readonly dead: boolean;
}

/**
 * Lists and moves, or looks for the dead.
 * @returns the exit status
 * @throws ConjurError where the settings or Conjur keep it from beginning
 */
export async function runMigration(
  environment: Readonly<Record<string, string | undefined>>,
  options: RunOptions,
  say: (line: string) => void,
): Promise<number> {
  const { settings } = parseFunctionSettings(environment);
  const secrets = createStoredSecrets(settings);
  try {
    const outcomes: Outcome[] = [];
    for await (const outcome of options.dead
      ? clearDead(secrets, settings, options)
      : move(secrets, settings, options)) {
      say(outcome.line);
      outcomes.push(outcome);
    }
    say(summarize(outcomes, settings.keyManagement.prefixForStoredVirtualKeys, options));
    return outcomes.every(({ isWell }) => isWell) ? 0 : 1;
  } finally {
    await secrets.close();
  }
}

async function* move(secrets: StoredSecrets, settings: FunctionSettings, options: RunOptions): AsyncGenerator<Outcome> {
  const prefix = settings.keyManagement.prefixForStoredVirtualKeys;
  for (const planned of planMigration(await secrets.list(prefix), prefix)) {
    yield await migrateSecret(secrets, planned, options);
  }
}

async function* clearDead(
  secrets: StoredSecrets,
  settings: FunctionSettings,
  { apply }: RunOptions,
): AsyncGenerator<Outcome> {
  const prefix = settings.keyManagement.prefixForStoredVirtualKeys;
  const litellm = await connectLitellm(settings);
  try {
    yield* clearDeadSecrets(secrets, await secrets.list(prefix), { prefix, isLive: litellm.isLive, apply });
  } finally {
    await litellm.close();
  }
}

function summarize(outcomes: readonly Outcome[], prefix: string, { apply, dead }: RunOptions): string {
  const count = (word: string): number => outcomes.filter(({ line }) => line.startsWith(`${word} `)).length;
  const words = dead
    ? ['live', apply ? 'deleted' : 'dead', 'FAILED']
    : ['stays', apply ? 'moved' : 'moves', 'BLOCKED', 'FAILED'];
  const counts = words.map((word) => `${count(word)} ${word.toLowerCase()}`).join(', ');
  const hint = apply ? '' : ' Nothing was changed; --apply does it.';
  const alias =
    apply && count('moved') > 0
      ? '\nGive each moved key its new name as its alias in LiteLLM, without the prefix: POST /key/update {"key": "…", "key_alias": "…"}.'
      : '';
  return `\n${outcomes.length} ${outcomes.length === 1 ? 'secret' : 'secrets'} below ${prefix}: ${counts}.${hint}${alias}`;
}
