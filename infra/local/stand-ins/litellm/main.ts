import { parseArgs } from 'node:util';
import { parsePort } from '../../cli/parse-port.ts';
import { runCli } from '../../cli/run-cli.ts';
import { runUntilSignal } from '../../cli/run-until-signal.ts';
import { createLocalLitellm } from './create-local-litellm.ts';

const USAGE = `A stand-in for the key management of a LiteLLM proxy, for development and tests only.

LITELLM_MASTER_KEY=sk-… npm run litellm:local -- [flags]

  --port N       port on 127.0.0.1; 0 takes a free one (default 4000)
  --data FILE    JSON file that keeps the keys' hashes and settings (default: kept in memory only)
  --unlicensed   refuse to regenerate keys, as a LiteLLM without an Enterprise licence does
  --help         this text

The master key is read from LITELLM_MASTER_KEY and must start with "sk-".
`;

await runCli(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4000' },
      data: { type: 'string', default: ':memory:' },
      unlicensed: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const masterKey = process.env.LITELLM_MASTER_KEY;
  if (!masterKey)
    throw new Error('Set LITELLM_MASTER_KEY to the master key that calls will need; it starts with "sk-".');
  const port = parsePort(values.port);
  const server = await createLocalLitellm({ port, data: values.data, masterKey, licensed: !values.unlicensed });
  runUntilSignal(server);
  console.log(`Local LiteLLM on ${server.url}${values.unlicensed ? ', without a licence' : ''}`);
  console.log('It is a development and test server: it manages keys and serves no models.');
  console.log(`Keys are kept in ${values.data === ':memory:' ? 'memory only' : values.data}. Stop it with Ctrl-C.`);
});
