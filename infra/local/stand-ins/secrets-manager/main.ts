import { port, text, url } from '../../../cli/flags.ts';
import { runCommand } from '../../../cli/run-command.ts';
import { runUntilSignal } from '../run-until-signal.ts';

await runCommand({
  start: 'npm run secrets-manager:local',
  summary: 'A stand-in for AWS Secrets Manager, for development and tests only.',
  flags: {
    port: port('port on 127.0.0.1; 0 takes a free one (default 4584)', 4584),
    data: text('FILE', 'JSON file that keeps the secrets in plain text (default: kept in memory only)', ':memory:'),
    'rotation-endpoint': url('Lambda endpoint that has the rotation functions, such as http://127.0.0.1:3002'),
  },
  run: async ({ port, data, 'rotation-endpoint': rotationEndpoint }) => {
    const { createLocalSecretsManager } = await import('./create-local-secrets-manager.ts');
    const endpoint = rotationEndpoint === undefined ? {} : { rotationEndpoint };
    const server = await createLocalSecretsManager({ port, data, ...endpoint });
    runUntilSignal(server);
    console.log(`Local Secrets Manager on ${server.url}`);
    console.log('It is a development and test server: signatures are not checked, and its data is not encrypted.');
    console.log(`Secrets are kept in ${data === ':memory:' ? 'memory only' : data}. Stop it with Ctrl-C.`);
  },
});
