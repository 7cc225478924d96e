import { port, text, toggle } from '../../../cli/flags.ts';
import { runCommand } from '../../../cli/run-command.ts';
import { runUntilSignal } from '../run-until-signal.ts';

await runCommand({
  start: 'npm run litellm:local',
  summary: 'A stand-in for the key management of a LiteLLM proxy, for development and tests only.',
  flags: {
    port: port('port on 127.0.0.1; 0 takes a free one (default 4000)', 4000),
    data: text('FILE', "JSON file that keeps the keys' hashes and settings (default: kept in memory only)", ':memory:'),
    unlicensed: toggle('refuse to regenerate keys, as a LiteLLM without an Enterprise licence does'),
    'disable-custom-api-keys': toggle('refuse keys that the caller chose, as a LiteLLM with that setting does'),
  },
  notes: 'The master key is read from LITELLM_MASTER_KEY and must start with "sk-".',
  run: async ({ port, data, unlicensed, 'disable-custom-api-keys': ownKeysOnly }) => {
    const masterKey = process.env.LITELLM_MASTER_KEY;
    if (!masterKey)
      throw new Error('Set LITELLM_MASTER_KEY to the master key that calls will need; it starts with "sk-".');
    const { createLocalLitellm } = await import('./create-local-litellm.ts');
    const server = await createLocalLitellm({ port, data, masterKey, licensed: !unlicensed, customKeys: !ownKeysOnly });
    runUntilSignal(server);
    console.log(`Local LiteLLM on ${server.url}${unlicensed ? ', without a licence' : ''}`);
    console.log('It is a development and test server: it manages keys and serves no models.');
    console.log(`Keys are kept in ${data === ':memory:' ? 'memory only' : data}. Stop it with Ctrl-C.`);
  },
});
