import { parseArgs } from 'node:util';
import { parsePort } from '../../cli/parse-port.ts';
import { runCli } from '../../cli/run-cli.ts';
import { runUntilSignal } from '../../cli/run-until-signal.ts';
import { createLocalSecretsManager } from './create-local-secrets-manager.ts';

const USAGE = `A stand-in for AWS Secrets Manager, for development and tests only.

npm run secrets-manager:local -- [flags]

  --port N                  port on 127.0.0.1; 0 takes a free one (default 4584)
  --data FILE               JSON file that keeps the secrets in plain text (default: kept in memory only)
  --rotation-endpoint URL   Lambda endpoint that has the rotation functions, such as http://127.0.0.1:3002
  --help                    this text
`;

await runCli(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4584' },
      data: { type: 'string', default: ':memory:' },
      'rotation-endpoint': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const rotationEndpoint = values['rotation-endpoint'];
  const server = await createLocalSecretsManager({
    port: parsePort(values.port),
    data: values.data,
    ...(rotationEndpoint === undefined ? {} : { rotationEndpoint }),
  });
  runUntilSignal(server);
  console.log(`Local Secrets Manager on ${server.url}`);
  console.log('It is a development and test server: signatures are not checked, and its data is not encrypted.');
  console.log(`Secrets are kept in ${values.data === ':memory:' ? 'memory only' : values.data}. Stop it with Ctrl-C.`);
});
