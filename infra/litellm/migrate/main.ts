import { toggle, UsageError } from '../../cli/flags.ts';
import { runCommand } from '../../cli/run-command.ts';

await runCommand({
  start: 'npm run litellm:migrate',
  summary:
    "Lists what LiteLLM's own CyberArk class has stored in Conjur, and the name that each secret has with the plug-in. It changes nothing without --apply.",
  flags: {
    apply: toggle('write the secrets under their new names and read them back, or, with --dead, delete the dead ones'),
    'delete-old': toggle('with --apply: delete each old secret once the new one was read back'),
    dead: toggle('list instead the secrets of keys without an alias that LiteLLM no longer has'),
  },
  notes: `Conjur is that of the CYBERARK_ variables (docs/settings.md); the prefix is that of CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS.
--dead asks LiteLLM too: LITELLM_API_BASE and LITELLM_MASTER_KEY. Run it while no keys are made.
Exit status: 0 all is well, 1 a secret could not be moved or deleted.`,
  run: async ({ apply, 'delete-old': deleteOld, dead }) => {
    if (deleteOld && (dead || !apply)) throw new UsageError('--delete-old belongs to --apply, and not to --dead.');
    const { runMigration } = await import('./run-migration.ts');
    return runMigration(process.env, { apply, deleteOld, dead }, (line) => console.log(line));
  },
});
