import { runCommand } from '../cli/run-command.ts';
import { DEPLOY_FLAGS, DEPLOY_NOTES, toServerlessArguments } from './flags.ts';

await runCommand({
  start: 'npm run deploy',
  summary: 'Packages the functions, checks the template and the settings, and deploys the stack to AWS.',
  flags: DEPLOY_FLAGS,
  notes: DEPLOY_NOTES,
  run: async (flags) => (await import('./deploy-stack.ts')).deployStack(toServerlessArguments(flags)),
});
