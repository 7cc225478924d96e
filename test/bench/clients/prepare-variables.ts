import { BATCH_NAMES } from '../comparisons/batch.ts';
import type { ConjurAddress } from '../server/messages.ts';
import { createBareClient } from './create-bare-client.ts';

const NAMES = ['bench/warm-read', 'bench/write-ours', 'bench/write-theirs', ...BATCH_NAMES];

/** Makes the variables that the comparisons work with, and gives each a value of the usual length of a key. */
export async function prepareVariables(conjur: ConjurAddress): Promise<void> {
  const client = await createBareClient(conjur);
  await client.loadPolicy(NAMES.map((name) => `- !variable\n  id: ${name}\n`).join(''));
  for (const name of NAMES) await client.writeSecret(name, `sk-${name.padEnd(48, 'x')}`);
  await client.close();
}
