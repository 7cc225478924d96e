import { runCommand } from '../../cli/run-command.ts';
import { START_FLAGS, toStartOptions } from './start-options.ts';

await runCommand({
  start: 'npm start',
  summary:
    'Starts the three functions on this machine, with a local Conjur and stand-ins for AWS Secrets Manager and LiteLLM.',
  flags: START_FLAGS,
  notes: `All other settings come from the environment: CYBERARK_ALLOW_DELETE=true npm start

Data lives in .local/, so that the next start finds it again; delete that folder to start afresh.`,
  run: async (flags) => (await import('./run-stack.ts')).runStack(toStartOptions(flags)),
});
